//===- RandomChain.h - random numbers at a node -----------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TensorFlow has four kinds of random ops that draw the same numbers, and
// differ in where the generator's key and counter come from.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RANDOMCHAIN_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RANDOMCHAIN_H

#include "PureOps.h"

namespace graph_compile::tensorflow {

/// Where an op starts to draw: a key, one ui64, and a counter, two of them.
/// Null values stand for an error that has been emitted.
struct Generator {
  mlir::Value key, counter;
};

/// Where a node's key and counter come from.
enum class RandomSource {
  Seed,     ///< an input `seed`, which is scrambled (StatelessRandomUniform)
  Key,      ///< inputs `key`, `counter`, `alg` (StatelessRandomUniformV2)
  Variable, ///< a variable, which moves on (StatefulUniform)
  Node,     ///< attributes `seed`, `seed2` and what the node remembers
            ///< (RandomUniform)
};

/// The remark of ops whose source is the node.
inline constexpr llvm::StringLiteral kSeededRemark =
    "starts anew with each instance; without seeds, seeded by the node's name";

/// Chains of ops that draw random numbers.
class RandomChain : public Chain {
public:
  explicit RandomChain(NodeBuilder &node) : Chain(node), node(node) {}

  //===--------------------------------------------------------------------===//
  // Generators
  //===--------------------------------------------------------------------===//

  /// The generator of the node's inputs: `first` is the source's first one. Of
  /// the sources that remember something the counter moves on by `numBlocks`,
  /// a scalar of i64.
  Generator getGenerator(RandomSource source, unsigned first,
                         mlir::Value numBlocks);
  /// What StatelessRandomGetKeyCounter makes of a seed.
  Generator scramble(mlir::Value seed);
  /// `numBlocks` blocks behind `counter`. It may be any number: TensorFlow
  /// loses the carry of a few of those that are negative, and so does this.
  mlir::Value advance(mlir::Value counter, mlir::Value numBlocks);
  /// `x`, after the check that input `i` names the algorithm Philox.
  mlir::Value checkAlgorithm(mlir::Value x, unsigned i);
  /// The value of the variable at input 0, a generator's state, as ui64.
  mlir::Value readState(unsigned algorithmInput);
  void assignState(mlir::Value state, mlir::Value counter);

  //===--------------------------------------------------------------------===//
  // Numbers
  //===--------------------------------------------------------------------===//

  /// Input `i` as the shape of what is drawn.
  mlir::Value shapeInput(unsigned i);
  /// The product of the sizes in the vector `shape`, as a scalar of i64.
  mlir::Value countElements(mlir::Value shape);
  /// How far a generator moves on for `count` numbers.
  mlir::Value blocksFor(mlir::Value count);

  /// Random bits as integers of `type`, i32 to ui64.
  mlir::Value bits(Generator from, mlir::Value shape, mlir::Type type);
  /// Numbers of a float type in [0, 1).
  mlir::Value uniform(Generator from, mlir::Value shape, mlir::Type type);
  /// Numbers of a float type; `parameters` are vectors.
  mlir::Value numbers(graph::RandomDistribution distribution, Generator from,
                      mlir::Value shape, mlir::Type type,
                      mlir::ValueRange parameters = {});

private:
  Generator getKeyInputs(unsigned first);
  Generator drawFromVariable(unsigned algorithmInput, mlir::Value numBlocks);
  Generator drawFromNode(mlir::Value numBlocks);
  mlir::Value words(llvm::ArrayRef<uint64_t> values);

  NodeBuilder &node;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_RANDOMCHAIN_H
