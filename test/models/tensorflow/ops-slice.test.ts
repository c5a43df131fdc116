import { f, i, opSuite } from './op-suite.ts'

// What TensorFlow 2.21 gives for these inputs.
opSuite('parts', [
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 1]), i([2], [0, 3]), i([2], [1, 1])],
    attributes: { begin_mask: { i: 1 }, end_mask: { i: 1 } },
    expected: [f([2, 2], [2, 3, 6, 7])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, -1]), i([2], [0, 0]), i([2], [1, 1])],
    attributes: { begin_mask: { i: 1 }, end_mask: { i: 1 }, shrink_axis_mask: { i: 2 } },
    expected: [f([2], [4, 8])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 0]), i([2], [0, 0]), i([2], [1, -1])],
    attributes: { begin_mask: { i: 3 }, end_mask: { i: 3 } },
    expected: [f([2, 4], [4, 3, 2, 1, 8, 7, 6, 5])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([3], [0, 0, 1]), i([3], [0, 0, 3]), i([3], [1, 1, 1])],
    attributes: { begin_mask: { i: 1 }, end_mask: { i: 1 }, new_axis_mask: { i: 2 } },
    expected: [f([2, 1, 2], [2, 3, 6, 7])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 2]), i([2], [0, 3]), i([2], [1, 1])],
    attributes: { ellipsis_mask: { i: 1 } },
    expected: [f([2, 1], [3, 7])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 3]), i([2], [0, 0]), i([2], [1, -2])],
    attributes: { begin_mask: { i: 1 }, end_mask: { i: 1 } },
    expected: [f([2, 2], [4, 2, 8, 6])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 0]), i([2], [0, 0]), i([2], [1, 1])],
    attributes: { ellipsis_mask: { i: 1 }, new_axis_mask: { i: 2 } },
    expected: [f([2, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8])],
  },
  {
    op: 'StridedSlice',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([1], [1]), i([1], [2]), i([1], [1])],
    attributes: { shrink_axis_mask: { i: 1 } },
    expected: [f([4], [5, 6, 7, 8])],
  },
  { op: 'Slice', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [0, 1]), i([2], [-1, 2])], expected: [f([2, 2], [2, 3, 6, 7])] },
  { op: 'Slice', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [1, 0]), i([2], [1, 3])], expected: [f([1, 3], [5, 6, 7])] },
  {
    op: 'Split',
    inputs: [i([], [1]), f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])],
    attributes: { num_split: { i: 2 } },
    fed: 1,
    expected: [f([2, 2], [1, 2, 5, 6]), f([2, 2], [3, 4, 7, 8])],
  },
  {
    op: 'SplitV',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([3], [1, -1, 2]), i([], [1])],
    attributes: { num_split: { i: 3 } },
    expected: [f([2, 1], [1, 5]), f([2, 1], [2, 6]), f([2, 2], [3, 4, 7, 8])],
  },
  { op: 'ReverseV2', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([1], [1])], expected: [f([2, 4], [4, 3, 2, 1, 8, 7, 6, 5])] },
  { op: 'Roll', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([1], [1]), i([1], [1])], expected: [f([2, 4], [4, 1, 2, 3, 8, 5, 6, 7])] },
  {
    op: 'Tile',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [1, 2])],
    expected: [f([2, 8], [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8])],
  },
  {
    op: 'Pad',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 0, 1, 2])],
    expected: [f([2, 7], [0, 1, 2, 3, 4, 0, 0, 0, 5, 6, 7, 8, 0, 0])],
  },
  {
    op: 'PadV2',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 0, 0, 1]), f([], [9])],
    expected: [f([2, 5], [1, 2, 3, 4, 9, 5, 6, 7, 8, 9])],
  },
  {
    op: 'MirrorPad',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 0, 2, 1])],
    attributes: { mode: { s: Buffer.from('REFLECT') } },
    expected: [f([2, 7], [3, 2, 1, 2, 3, 4, 3, 7, 6, 5, 6, 7, 8, 7])],
  },
  {
    op: 'MirrorPad',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 0, 2, 1])],
    attributes: { mode: { s: Buffer.from('SYMMETRIC') } },
    expected: [f([2, 7], [2, 1, 1, 2, 3, 4, 4, 6, 5, 5, 6, 7, 8, 8])],
  },
])
