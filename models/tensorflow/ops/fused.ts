import { type Rule, type RuleTable, type Tensor, Op } from '../graph/index.ts'
import { addBias, batchNormOf, convolution, depthwise } from './convolution.ts'
import { elementwiseRules } from './elementwise.ts'
import { matMul } from './neural.ts'

/** An op into which TensorFlow's optimizer has fused others: `first`, then the ops that the attribute `fused_ops` names. */
function fused(first: Rule): Rule {
  return op => {
    const count = op.int('num_args', 1)
    const extra = op.inputs.slice(op.inputs.length - count)
    let x = first(new Op(op.node, op.inputs.slice(0, op.inputs.length - count), op.around)) as Tensor
    for (const name of op.node.attr?.['fused_ops']?.list?.s?.map(text => Buffer.from(text).toString()) ?? []) {
      if (name === 'BiasAdd') x = addBias(op, x, extra[0] ?? op.fail('has no bias'))
      else if (name === 'FusedBatchNorm') x = batchNormOf(op, x, extra)
      else {
        const rule = elementwiseRules[name] ?? op.fail(`is fused with ${name}, which is not supported`)
        const attr = { ...op.node.attr, alpha: { f: op.float('leakyrelu_alpha', 0.2) } }
        x = rule(new Op({ ...op.node, attr }, [x], op.around)) as Tensor
      }
    }
    return x
  }
}

/** The fused ops of graphs that TensorFlow's optimizer has changed. */
export const fusedRules: RuleTable = {
  _FusedConv2D: fused(convolution),
  _FusedDepthwiseConv2dNative: fused(depthwise),
  _FusedMatMul: fused(matMul),
}
