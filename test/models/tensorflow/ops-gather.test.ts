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
    op: 'SparseToDense',
    inputs: [l([2, 2], [0, 1, 1, 2]), l([2], [2, 3]), f([2], [5, 7]), f([], [-1])],
    fed: 2,
    expected: [f([2, 3], [-1, 5, -1, -1, -1, 7])],
  },
  {
    op: 'SparseReshape',
    inputs: [l([3, 2], [0, 1, 1, 0, 2, 3]), l([2], [3, 4]), l([3], [2, -1, 3])],
    expected: [l([3, 3], [0, 0, 1, 0, 1, 1, 1, 1, 2]), l([3], [2, 2, 3])],
  },
  {
    op: 'SparseFillEmptyRows',
    inputs: [l([2, 2], [0, 1, 1, 0]), f([2], [5, 7]), l([2], [3, 4]), f([], [-1])],
    fed: 1,
    expected: [l([3, 2], [0, 1, 1, 0, 2, 0]), f([3], [5, 7, -1]), b([3], [0, 0, 1])],
  },
  { op: 'Unique', inputs: [l([4], [7, 3, 7, 1])], expected: [l([3], [7, 3, 1]), i([4], [0, 1, 0, 2])] },
  {
    op: 'SparseSegmentSum',
    inputs: [f([3, 2], [1, 2, 3, 5, 10, -4]), i([3], [2, 0, 1]), i([3], [0, 0, 2])],
    expected: [f([3, 2], [11, -2, 0, 0, 3, 5])],
  },
  {
    op: 'SparseSegmentMean',
    inputs: [f([3, 2], [1, 2, 3, 5, 10, -4]), i([3], [2, 0, 1]), i([3], [0, 0, 2])],
    expected: [f([3, 2], [5.5, -1, 0, 0, 3, 5])],
  },
  {
    op: 'SparseSegmentSqrtN',
    inputs: [f([3, 2], [1, 2, 3, 5, 10, -4]), i([3], [2, 0, 1]), i([3], [0, 0, 2])],
    expected: [f([3, 2], [7.7781745, -Math.SQRT2, 0, 0, 3, 5])],
  },
  {
    op: 'FakeQuantWithMinMaxArgs',
    inputs: [f([2, 3], [-4, -1.23, 0.017, 0.5, 2.999, 9])],
    attributes: { min: { f: -3 }, max: { f: 3 } },
    expected: [
      f([2, 3], [-3.0117647647857666, -1.2235294580459595, 0.0235294122248888, 0.4941176474094391, 2.9882352352142334, 2.9882352352142334]),
    ],
  },
  {
    op: 'FakeQuantWithMinMaxVars',
    inputs: [f([2, 3], [-4, -1.23, 0.017, 0.5, 2.999, 9]), f([], [0.1]), f([], [2])],
    attributes: { num_bits: { i: 4 }, narrow_range: { b: true } },
    expected: [f([2, 3], [0, 0, 0, 0.5428571105003357, 1.8999998569488525, 1.8999998569488525])],
  },
  {
    op: 'FakeQuantWithMinMaxVarsPerChannel',
    inputs: [f([2, 3], [-4, -1.23, 0.017, 0.5, 2.999, 9]), f([3], [-1, -2, -0.3]), f([3], [1, 2.5, 6])],
    expected: [
      f([2, 3], [-0.9960784912109375, -1.235294222831726, 0.024705883115530014, 0.501960813999176, 2.505882501602173, 6.0035295486450195]),
    ],
  },
  {
    op: 'MatrixBandPart',
    inputs: [f([1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]), i([], [1]), i([], [0])],
    expected: [f([1, 3, 3], [1, 0, 0, 4, 5, 0, 0, 8, 9])],
  },
  {
    op: 'MatrixBandPart',
    inputs: [b([1, 2, 2], [1, 1, 1, 1]), i([], [-1]), i([], [0])],
    expected: [b([1, 2, 2], [1, 0, 1, 1])],
  },
])
