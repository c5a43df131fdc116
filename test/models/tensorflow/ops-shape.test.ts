import { f, i, l, opSuite } from './op-suite.ts'

// What TensorFlow 2.21 gives for these inputs.
opSuite('shapes', [
  { op: 'Shape', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])], expected: [i([3], [2, 2, 3])] },
  {
    op: 'Shape',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
    attributes: { out_type: { type: 9 } },
    expected: [l([3], [2, 2, 3])],
  },
  {
    op: 'ShapeN',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), f([1, 5], [-2.5, -0.3, 0, 0.7, 3.2])],
    attributes: { N: { i: 2 } },
    expected: [i([3], [2, 2, 3]), i([2], [1, 5])],
  },
  { op: 'Size', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])], expected: [i([], [12])] },
  { op: 'Rank', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])], expected: [i([], [3])] },
  {
    op: 'Reshape',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([2], [-1, 6])],
    expected: [f([2, 6], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
  },
  {
    op: 'Reshape',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([3], [2, 3, 2])],
    expected: [f([2, 3, 2], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
  },
  { op: 'Squeeze', inputs: [f([2, 1, 2], [1, 2, 3, 4])], expected: [f([2, 2], [1, 2, 3, 4])] },
  {
    op: 'Squeeze',
    inputs: [f([2, 1, 2, 1], [1, 2, 3, 4])],
    attributes: { squeeze_dims: { list: { i: [1] } } },
    expected: [f([2, 2, 1], [1, 2, 3, 4])],
  },
  { op: 'ExpandDims', inputs: [f([2, 2], [1, 2, 3, 4]), i([], [1])], expected: [f([2, 1, 2], [1, 2, 3, 4])] },
  { op: 'ExpandDims', inputs: [f([2, 2], [1, 2, 3, 4]), i([], [-1])], expected: [f([2, 2, 1], [1, 2, 3, 4])] },
  {
    op: 'Transpose',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([3], [0, 2, 1])],
    expected: [f([2, 3, 2], [1, 4, 2, 5, 3, -6, 7, -1, 8, 0, 9, 2])],
  },
  {
    op: 'Pack',
    inputs: [f([2, 2], [1, 2, 3, 4]), f([2, 2], [5, 6, 7, 8])],
    attributes: { axis: { i: 1 }, N: { i: 2 } },
    expected: [f([2, 2, 2], [1, 2, 5, 6, 3, 4, 7, 8])],
  },
  {
    op: 'Unpack',
    inputs: [f([2, 2], [1, 2, 3, 4])],
    attributes: { num: { i: 2 }, axis: { i: 1 } },
    expected: [f([2], [1, 3]), f([2], [2, 4])],
  },
  { op: 'Fill', inputs: [i([2], [2, 3]), f([], [7])], fed: 1, expected: [f([2, 3], [7, 7, 7, 7, 7, 7])] },
  { op: 'BroadcastTo', inputs: [f([2, 1], [1, 2]), i([2], [2, 3])], expected: [f([2, 3], [1, 1, 1, 2, 2, 2])] },
  {
    op: 'ZerosLike',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
    expected: [f([2, 2, 3], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  },
  {
    op: 'OnesLike',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
    expected: [f([2, 2, 3], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])],
  },
  { op: 'Range', inputs: [i([], [1]), i([], [8]), i([], [3])], fed: 1, expected: [i([3], [1, 4, 7])] },
  { op: 'Range', inputs: [f([], [0]), f([], [1]), f([], [0.4])], fed: 1, expected: [f([3], [0, 0.4, 0.8])] },
])
