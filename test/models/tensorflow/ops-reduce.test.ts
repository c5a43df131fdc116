import { b, f, i, l, opSuite } from './op-suite.ts'

// What TensorFlow 2.21 gives for these inputs.
opSuite('reductions', [
  { op: 'Sum', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])], expected: [f([2, 2], [6, 3, 24, 1])] },
  {
    op: 'Sum',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([2], [1, -1])],
    attributes: { keep_dims: { b: true } },
    expected: [f([2, 1, 1], [9, 25])],
  },
  { op: 'Mean', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])], expected: [f([2, 2], [2, 1, 8, 0.3333333])] },
  {
    op: 'Mean',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([2], [1, -1])],
    attributes: { keep_dims: { b: true } },
    expected: [f([2, 1, 1], [1.5, 4.166667])],
  },
  { op: 'Max', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])], expected: [f([2, 2], [3, 5, 9, 2])] },
  {
    op: 'Max',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([2], [1, -1])],
    attributes: { keep_dims: { b: true } },
    expected: [f([2, 1, 1], [5, 9])],
  },
  { op: 'Min', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])], expected: [f([2, 2], [1, -6, 7, -1])] },
  { op: 'Prod', inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])], expected: [f([2, 2], [6, -120, 504, 0])] },
  {
    op: 'EuclideanNorm',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([1], [2])],
    expected: [f([2, 2], [3.741657, 8.774964, 13.92839, 2.236068])],
  },
  {
    op: 'Sum',
    inputs: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2]), i([0], [])],
    expected: [f([2, 2, 3], [1, 2, 3, 4, 5, -6, 7, 8, 9, -1, 0, 2])],
  },
  { op: 'Prod', inputs: [i([1, 5], [-7, -1, 0, 5, 9]), i([2], [0, 1])], expected: [i([], [0])] },
  { op: 'Max', inputs: [i([1, 5], [-7, -1, 0, 5, 9]), i([1], [1])], expected: [i([1], [9])] },
  { op: 'All', inputs: [b([2, 2], [1, 0, 1, 1]), i([1], [1])], expected: [b([2], [0, 1])] },
  { op: 'Any', inputs: [b([2, 2], [0, 0, 0, 1]), i([1], [1])], expected: [b([2], [0, 1])] },
  { op: 'ArgMax', inputs: [f([2, 3], [1, 5, 5, 9, 2, 3]), i([], [1])], expected: [l([2], [1, 0])] },
  {
    op: 'ArgMin',
    inputs: [f([2, 3], [1, 1, 5, 9, 2, 2]), i([], [-1])],
    attributes: { output_type: { type: 3 } },
    expected: [i([2], [0, 1])],
  },
  { op: 'Cumsum', inputs: [f([2, 3], [1, 2, 3, 4, 5, 6]), i([], [1])], expected: [f([2, 3], [1, 3, 6, 4, 9, 15])] },
  {
    op: 'Cumsum',
    inputs: [f([2, 3], [1, 2, 3, 4, 5, 6]), i([], [1])],
    attributes: { exclusive: { b: true }, reverse: { b: true } },
    expected: [f([2, 3], [5, 3, 0, 11, 6, 0])],
  },
  { op: 'TopKV2', inputs: [f([2, 3], [1, 4, 3, 9, 2, 9]), i([], [2])], expected: [f([2, 2], [4, 3, 9, 9]), i([2, 2], [1, 2, 0, 2])] },
  { op: 'DenseBincount', inputs: [i([2, 3], [0, 2, 2, 1, 1, 5]), i([], [4]), f([0], [])], expected: [f([2, 4], [1, 0, 2, 0, 0, 2, 0, 0])] },
  {
    op: 'DenseBincount',
    inputs: [i([2, 3], [0, 2, 2, 1, 1, 3]), i([], [4]), f([0], [])],
    attributes: { binary_output: { b: true } },
    expected: [f([2, 4], [1, 0, 1, 0, 0, 1, 0, 1])],
  },
  { op: 'L2Loss', inputs: [f([2, 2], [1, 2, 3, 4])], expected: [f([], [15])] },
  {
    op: 'Softmax',
    inputs: [f([2, 3], [1, 2, 3, 0, 0, 0])],
    expected: [f([2, 3], [0.09003057, 0.2447285, 0.6652409, 0.3333333, 0.3333333, 0.3333333])],
  },
  {
    op: 'LogSoftmax',
    inputs: [f([2, 3], [1, 2, 3, 0, 0, 0])],
    expected: [f([2, 3], [-2.407606, -1.407606, -0.4076059, -1.098612, -1.098612, -1.098612])],
  },
])
