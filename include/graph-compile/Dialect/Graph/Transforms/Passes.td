//===- Passes.td - passes on the graph dialect -------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def LinearizeGraph : Pass<"graph-linearize", "graph_compile::graph::FuncOp"> {
  let summary = "order the nodes of a graph region so that SSA order is execution order";
  let description = [{
    Sorts the nodes of a `graph.func` by data and control edges, then drops the
    control tokens: `after` operands, token results and `graph.join`. From then
    on textual order is execution order, which the attribute `linear` states.
    Each branch and each half of a loop is sorted for itself; its conditional or
    loop waits for all that it uses.

    Every legal order gives the same answers; `schedule` chooses one:

    - `source` takes the ready node that comes first in the source;
    - `memory` keeps the peak of live bytes low with a greedy priority (what
      frees more than it allocates first, then depth first; an open dimension
      counts as a nominal size);
    - `shuffle` takes any ready node, drawn from a generator seeded with `seed`,
      to test that the order does not matter.

    The first two put a constant right before its first user, and `memory` does
    so with reads of variables as well. Ties keep the source order, so that the
    result depends on neither hash order nor threads. O((nodes + edges) log).

    The importer reports cycles. One in hand-written IR is an error that names
    its nodes. Nodes are never fused, duplicated or moved across regions.
  }];
  let options = [
    Option<"schedule", "schedule", "graph_compile::graph::Schedule",
           /*default=*/"graph_compile::graph::Schedule::Memory",
           "Which of the ready nodes comes next",
           [{llvm::cl::values(
             clEnumValN(graph_compile::graph::Schedule::Source, "source",
                        "the first one in the source"),
             clEnumValN(graph_compile::graph::Schedule::Memory, "memory",
                        "the one that keeps the peak of live bytes low"),
             clEnumValN(graph_compile::graph::Schedule::Shuffle, "shuffle",
                        "any one, drawn from a seeded generator"))}]>,
    Option<"seed", "seed", "uint64_t", /*default=*/"0",
           "Seed of the shuffle schedule">
  ];
}

def RaiseBatchNorm
    : Pass<"graph-raise-batch-norm", "graph_compile::graph::FuncOp"> {
  let summary = "find batch normalization that is written out";
  let description = [{
    Replaces arithmetic that normalizes a tensor channel by channel, with a mean and
    a variance that are given, by one `graph.batch_norm`. It is found by its algebra, so
    that the order and the grouping of the factors and terms do not matter: what is
    done to the tensor is `x * a + b` with `a = s / sqrt(variance + epsilon)` and
    `b = offset - mean * a`, where `s`, `mean` and `offset` are products and sums of
    vectors along one dim. `tf.nn.batch_normalization`, with and without its scale and
    its offset, is one such form; the inference of Keras 2 and 3 uses it. Casts of
    f16 and bf16 to f32 and back around the arithmetic belong to it.

    Norms with the statistics of their own input, as in training, stay as they are, and so
    do those whose values between are used elsewhere. Remarks of the category `raise`
    say what was found (passed), and what looks much like it but is not (missed).
    O(nodes + edges).
  }];
  let statistics = [
    Statistic<"numRaised", "num-raised", "batch norms found">
  ];
}

def FoldBatchNorm : Pass<"graph-fold-batch-norm", "mlir::ModuleOp"> {
  let summary = "fold batch normalization into the weights beside it";
  let description = [{
    A `graph.batch_norm` whose vectors are constants is `x * a + b` for each
    channel. Behind a convolution, a transposed convolution or a product with constant
    weights, `a` goes into the weights and `b` becomes a bias that is added to the result;
    constants added, subtracted or multiplied channel by channel in between go with them. On the way
    lie transposes, squeezes, average pools, and concatenations whose parts come from such
    ops. A multiplication with one constant per channel, what other tools leave of a
    batch norm, is folded in the same way.

    In front of such an op `a` goes into the weights too. `b` becomes a bias only where no
    window reaches over the border of the input: what is padded is 0 after the norm. With
    padding a norm is folded if `b` is 0; otherwise `b / a` is added before, which still
    saves the multiplication.

    Weights that others use too are copied if that costs little. A convolution whose result has
    users without the norm is not copied. New weights are computed in f64 and rounded
    once; nothing is folded that is not finite. Tokens have no say: pure ops carry none. Remarks of
    the category `fold` say what was folded and why something was not.
  }];
  let statistics = [
    Statistic<"numFolded", "num-folded", "norms folded into weights">
  ];
}

def ExpandBatchNorm
    : Pass<"graph-expand-batch-norm", "graph_compile::graph::FuncOp"> {
  let summary = "write batch normalization out again";
  let description = [{
    Replaces `graph.batch_norm` by elementwise ops, so that it fuses with what is beside it and
    so that what concerns the channels alone leaves loops and is computed once.
  }];
}

def HoistInvariants
    : Pass<"graph-hoist-invariants", "graph_compile::graph::FuncOp"> {
  let summary = "compute before a loop what no iteration changes";
  let description = [{
    Moves pure ops whose operands come from outside of a `graph.while` before it,
    out of several loops where that goes. Effects, checks among them, stay, and so
    does all that needs them: a product of a matrix that a check lets pass
    stays behind the check. So do conditionals and loops inside, and
    `graph.broadcast_to`, which its users take in without memory of its own.
    O(nodes + edges).
  }];
}

def HoistProjections
    : Pass<"graph-hoist-projections", "graph_compile::graph::FuncOp"> {
  let summary = "make the products of a loop with the rows of a tensor one product before it";
  let description = [{
    In a `graph.while` that counts 0, 1, .. up to the size of dim 0 of a tensor
    `x` from outside, `matmul(gather(x, i), weights)` becomes `gather(p, i)`, where
    `p` is the product of all of `x` with the weights, computed before the loop. A
    product with several tensors joined along their features, of which one is such
    a row, is first made a sum of products.

    This is what a recurrent layer does with its input: the weights are read once,
    not once a step. It computes rows in vain only where the loop ends early
    for another reason. Sums are rounded in another order, as in any product.
  }];
}

def HoistReads : Pass<"graph-hoist-reads", "mlir::ModuleOp"> {
  let summary = "read before a loop what it never writes";
  let description = [{
    Reads of a variable directly in a `graph.while` that writes it nowhere become
    one read before the loop, after what the loop waits for; the loop waits for
    that read. Every iteration would give the same value.

    Only variables that are set whenever a function runs are read early, lest a
    loop of no iteration fail: those with an initial value, and those that the
    initializer assigns. Reads in a branch stay there.
  }];
}

def VerifyLinear : Pass<"graph-verify-linear", "graph_compile::graph::FuncOp"> {
  let summary = "check that a function is linear and that no control token is left";
  let description = [{
    The contract at the end of the stage `linearize`: the function carries the
    attribute `linear` (so that the verifier has checked dominance), and neither
    a value of type `!graph.token` nor a `graph.join` exists in it.
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_TRANSFORMS_PASSES_TD
