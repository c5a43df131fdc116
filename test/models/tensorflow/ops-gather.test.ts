import { b, f, i, l, opSuite } from './op-suite.ts'

// What TensorFlow 2.21 gives for these inputs.
opSuite('look-ups', [
  { op: 'GatherV2', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2], [2, 0]), i([], [1])], expected: [f([2, 2], [3, 1, 7, 5])] },
  {
    op: 'GatherV2',
    inputs: [f([3, 2], [1, 2, 3, 4, 5, 6]), i([1, 2], [2, 0]), i([], [0])],
    fed: 1,
    expected: [f([1, 2, 2], [5, 6, 1, 2])],
  },
  {
    op: 'GatherV2',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 1, 3, 3]), i([], [1])],
    attributes: { batch_dims: { i: 1 } },
    expected: [f([2, 2], [1, 2, 8, 8])],
  },
  { op: 'Gather', inputs: [f([2, 2], [1, 2, 3, 4]), l([2], [1, 0])], fed: 1, expected: [f([2, 2], [3, 4, 1, 2])] },
  { op: 'GatherNd', inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 1, 1, 3])], expected: [f([2], [2, 8])] },
  {
    op: 'OneHot',
    inputs: [i([2, 2], [0, 2, -1, 5]), i([], [3]), f([], [2]), f([], [-1])],
    attributes: { axis: { i: -1 } },
    expected: [f([2, 2, 3], [2, -1, -1, -1, -1, 2, -1, -1, -1, -1, -1, -1])],
  },
  {
    op: 'OneHot',
    inputs: [l([1, 2], [0, 2]), i([], [3]), i([], [1]), i([], [0])],
    attributes: { axis: { i: 1 } },
    expected: [i([1, 3, 2], [1, 0, 0, 0, 0, 1])],
  },
  { op: 'Where', inputs: [b([2, 2], [1, 0, 1, 1])], expected: [l([3, 2], [0, 0, 1, 0, 1, 1])] },
  {
    op: 'Bucketize',
    inputs: [f([1, 4], [-2, 0, 0.5, NaN])],
    attributes: { boundaries: { list: { f: [-1.0, 0.0, 1.0] } } },
    expected: [i([1, 4], [0, 2, 2, 3])],
  },
  { op: 'LowerBound', inputs: [f([1, 3], [1, 3, 5]), f([1, 3], [0, 3, 9])], fed: 1, expected: [i([1, 3], [0, 1, 3])] },
  {
    op: 'UpperBound',
    inputs: [f([1, 3], [1, 3, 5]), f([1, 3], [0, 3, 9])],
    attributes: { out_type: { type: 9 } },
    fed: 1,
    expected: [l([1, 3], [0, 2, 3])],
  },
  {
    op: 'TensorScatterUpdate',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 1, 1, 3]), f([2], [9, -9])],
    expected: [f([2, 4], [1, 9, 3, 4, 5, 6, 7, -9])],
  },
  {
    op: 'TensorScatterAdd',
    inputs: [f([2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), i([2, 2], [0, 1, 0, 1]), f([2], [9, -3])],
    expected: [f([2, 4], [1, 8, 3, 4, 5, 6, 7, 8])],
  },
  { op: 'BitwiseAnd', inputs: [i([1, 3], [6, -1, 12]), i([3], [3, 7, -8])], expected: [i([1, 3], [2, 7, 8])] },
  { op: 'BitwiseOr', inputs: [i([1, 3], [6, -1, 12]), i([3], [3, 7, -8])], expected: [i([1, 3], [7, -1, -4])] },
  { op: 'BitwiseXor', inputs: [i([1, 3], [6, -1, 12]), i([3], [3, 7, -8])], expected: [i([1, 3], [5, -8, -12])] },
  { op: 'MatrixDiag', inputs: [f([2, 2], [1, 2, 3, 4])], expected: [f([2, 2, 2], [1, 0, 0, 2, 3, 0, 0, 4])] },
  {
    op: 'MatrixBandPart',
    inputs: [f([1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), i([], [1]), i([], [0])],
    expected: [f([1, 3, 3], [1, 0, 0, 4, 5, 0, 0, 8, 9])],
  },
])
