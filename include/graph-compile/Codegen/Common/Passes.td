//===- Passes.td - from a linear step to its memory plan --*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CODEGEN_COMMON_PASSES_TD
#define GRAPH_COMPILE_CODEGEN_COMMON_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseStep : Pass<"step-fuse", "::mlir::func::FuncOp"> {
  let summary = "merge elementwise operations into their consumers";
  let description = [{
    Groups elementwise `linalg.generic` operations with the elementwise
    operation or reduction that consumes them, and rewrites each group as one
    `linalg.generic`. A producer joins the group of its last consumer when

    - the group holds all its consumers, or
    - every consumer outside comes after the group, whose loops are the
      producer's own: the group then keeps the producer's result as one of its
      own, or
    - it is cheap enough to be computed again: at most two operations on one
      tensor that others use too, none of them a division or a function.

    An operand that holds one scalar (a splat constant, `linalg.fill`, a tensor
    of one element) becomes that scalar. Reads by index (`tensor.extract`) are
    neither moved nor repeated, contractions take no producers, and no read of a
    variable's snapshot moves past a store to that variable. A group has a
    bounded size, so that the work is O(n log n) in the number of operations.

    Named elementwise operations are generalized first; contractions and fills
    keep their names. Dimensions of size 1 that a `tensor.expand_shape` adds, as
    after a reduction that keeps its dimensions, vanish from elementwise
    operations where only that adds them.

    Each block is fused on its own, also those of conditionals and loops: nothing
    moves over the border of a region.
  }];
  let options = [
    Option<"maxOps", "max-ops", "unsigned", /*default=*/"96",
           "largest size of a fused body, roughly in instructions: beyond it a "
           "CPU no longer overlaps one point with the next">,
    Option<"maxOperands", "max-operands", "unsigned", /*default=*/"24",
           "largest number of operands of a fused operation">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def OutlineKernels : Pass<"step-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "make each fusion group a kernel that the step launches";
  let description = [{
    Turns every operation of a step that computes tensors into a private
    function with the attribute `step.kernel`, in destination-passing style on
    memrefs with an identity layout: input memrefs, then scalars, then outputs.
    The step launches it with `step.launch` on `tensor.empty` destinations.

    A kernel is a chain of `tensor.insert_slice` (a concatenation, a padding; one
    that begins with a tensor goes on from it as its destination, so that the plan
    may write in place), or one structured operation, with

    - the `linalg.fill` (or copy) of its destination before it, where it
      accumulates, and
    - for a contraction or reduction, its elementwise consumer after it, which
      updates the destination in place,

    or a group of rows: a reduction along the last dims and what reads its
    results row by row, where a tensor is at hand for more than one of them. Such
    a kernel is an `scf.parallel` over the rows; its operations are on rows
    (`memref.subview`) and on buffers for what stays inside.

    A contraction that reads a padding with zeros in windows, as a convolution
    does, reads `step.padded`: the padding itself is never written.

    Scalars that a body captures become arguments; constants move into the
    kernel. Equal kernels are emitted once. Kernels are numbered in the order
    of their first launch, inner regions first, and their attribute `step.nodes`
    lists the nodes they came from. Views (`tensor.expand_shape` and the like) and
    scalars stay in the step, as do conditionals and loops, whose blocks launch
    kernels of their own.

    O(n) in the number of operations.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect", "::graph_compile::step::StepDialect"
  ];
}

def VerifyKernels : Pass<"step-verify-kernels", "::mlir::ModuleOp"> {
  let summary = "check that the module is at stage `kernels`";
  let description = [{
    Fails, naming the operation and its node, unless

    - every kernel is one block on memrefs with an identity layout and scalars,
      without tensors and `step` operations, and
    - every step is one block that only launches kernels, loads and stores
      variables, asserts, prints, changes shapes, and computes scalars; so are
      the regions of its conditionals (`scf.if`, `scf.index_switch`) and loops
      (`scf.while`).
  }];
}

def PackConstants : Pass<"step-pack-constants", "::mlir::ModuleOp"> {
  let summary = "lay constant factors out in the order in which kernels read";
  let description = [{
    Stage `kernels`. Where a launch gives a constant to a kernel that reads it as
    the factor of a contraction which has the columns (the innermost dimension of
    the result), the constant becomes a `#step.panels` of its columns, 128 bytes
    of accumulators wide, and the kernel reads it through a map with `floordiv`
    and `mod`: element (k, j) of a matrix in panels of 32 columns is at
    (j floordiv 32, k, j mod 32). A transposed factor needs no transposition any
    more. Data is moved when the weights are written, not here; a constant that
    is used in both forms is stored in both.

    A kernel that is launched with constants and with other values becomes two.
    Not packed are factors of fewer than four columns, and those that are one
    panel already.

    O(n) in the number of operations.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::graph_compile::step::StepDialect"];
}

def PlanMemory : Pass<"step-plan-memory", "::mlir::ModuleOp"> {
  let summary = "give every value of a step its place";
  let description = [{
    Rewrites steps from tensors to memrefs with a place:

    - A result of the step is written by its kernel straight into
      `step.output`; what cannot be (an input, a variable, a value that is
      returned twice) is copied there at the end.
    - A snapshot of a variable is the variable's own storage, unless a store to
      it comes before the snapshot's last use: then it is copied at the load.
    - A stored value is written by its kernel straight into the variable when
      nothing reads the old value any more, except the kernel itself element by
      element, and nothing that can fail comes between kernel and store: so
      `v - lr * g` updates `v` in place. Otherwise the store copies.
    - Other values of fixed size share the arena: best fit by lifetime, at
      offsets that are multiples of 64. Those of open size share growable
      `step.scratch` places, preferably of the same size.
    - A kernel that goes on from the contents of a destination (all but
      `tensor.empty` have some) does so in their place if nothing else needs
      them any more, else on a copy.
    - Conditionals and loops: the branches of a conditional write its result
      into one place; what one uses from outside lives to the end of a loop; a
      carried tensor is updated in place where its old value is dead, or read
      element by element, when the new one is written. Else the new one has a
      buffer of its own, and the two change roles as the next iteration begins,
      also where several carried tensors change places. A copy remains where both
      names are needed, where a value that the step does not write itself crosses
      a border (an input, a constant, a variable), and at the end of a loop from
      the buffer that happens to hold the result.
    - `step.resize` keeps its place where nothing else needs the source, and
      `step.grow` then at least doubles it; so do all open places in loops.
    - Constants become `step.weight_data`, equal ones once.
    - A tensor of scalars is stored element by element; a snapshot of a rank-0
      variable is loaded into a register.

    A kernel that is launched with an output that is also an input gets the unit
    attribute `step.in_place`: the memrefs of that launch are equal, and every
    element is read before it is written. The outputs of other kernels overlap
    nothing else that they get, which `llvm.noalias` says. A load of a variable that is not
    known to be set leaves a `step.check_set`, a store a `step.mark_set`.

    With `list-places` the attribute `step.places` of the step lists the values in
    the arena (`offset`) and in scratch places (`slot`): their `bytes` (absent
    where a size is open), the `first` launch of the step that may run while they
    are needed and the `last` one, counted from 0 in the order of the text
    (`first` is one more than `last` where none does), and the `node` that they
    were made for.

    The step has no results any more; `step.results` lists their names and
    types, `step.arena_bytes` and `step.scratch_slots` the sizes that it needs.

    O(n log n) in the number of operations.
  }];
  let options = [
    Option<"redZone", "red-zone", "int64_t", /*default=*/"0",
           "bytes to leave free between places of the arena">,
    Option<"listPlaces", "list-places", "bool", /*default=*/"false",
           "write where each value lies into the attribute step.places">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::graph_compile::step::StepDialect"
  ];
}

def SplitStep : Pass<"step-split", "::mlir::ModuleOp"> {
  let summary = "cut long steps into parts of bounded size";
  let description = [{
    A step that is larger than the options say becomes a sequence of `step.call`
    of private functions with the attribute `step.part`, because code generation
    is superlinear in the length of a function, and even more so in the number
    of places in memory, of which any may be another, and of ways out on
    failure. Each part derives the places it needs again; a scalar that a later
    part needs goes through eight bytes of the arena. So a part's arguments are
    only the step's inputs that it uses, and all parts together are linear in
    the size of the step. Conditionals and loops move as a whole.
  }];
  let options = [
    Option<"maxOps", "max-ops", "unsigned", /*default=*/"512",
           "operations of a function, about, beside those that each part derives">,
    Option<"maxPlaces", "max-places", "unsigned", /*default=*/"32",
           "places in memory that a function names, about">,
    Option<"maxExits", "max-exits", "unsigned", /*default=*/"128",
           "operations of a function that may fail, about">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::memref::MemRefDialect", "::graph_compile::step::StepDialect"
  ];
}

def DescribeKernels : Pass<"step-describe-kernels", "::mlir::ModuleOp"> {
  let summary = "say what each kernel does and how much of it";
  let description = [{
    Gives kernels the attributes that profiles and statistics show:

    - `step.kind`: that of its heaviest operation, from light to heavy `fill`,
      `copy`, `elementwise`, `gather`, `loops` (of scalars, not of a linalg
      operation), `reduction`, `row reductions` (several, with what reads their
      results, row by row), `window reduction`, `matrix product`, `packed matrix
      product` (a factor is in panels), `convolution`.
    - `step.flops`: operations on floating-point numbers; a function such as exp
      is one, a comparison none. A conditional counts as its heavier branch.
    - `step.bytes`: of its arguments, which is what it moves if each is read or
      written once.

    The numbers are absent where they depend on sizes that are open.
  }];
}

def VerifyPlan : Pass<"step-verify-plan", "::mlir::ModuleOp"> {
  let summary = "check that the module is at stage `plan`";
  let description = [{
    Fails, naming the operation and its node, unless kernels are as at stage
    `kernels`, and every step is one block without results that mentions no
    tensor, allocates nothing, and whose arena places lie within
    `step.arena_bytes`. Only scalars and places of fixed size leave the regions
    of conditionals and loops.
  }];
}

#endif // GRAPH_COMPILE_CODEGEN_COMMON_PASSES_TD
