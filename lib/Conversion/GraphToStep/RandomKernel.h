//===- RandomKernel.h - random numbers in kernels ---------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a kernel needs to draw random numbers: the generator Philox 4x32-10, and
// what makes numbers of its words. The arithmetic is that of TensorFlow's CPU
// kernels, operation by operation, so that the bits are the same; of the
// functions log, sin and cos of f32 only libm's have those bits.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RANDOMKERNEL_H
#define GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RANDOMKERNEL_H

#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/Graph.h"

#include <array>

namespace graph_compile {

//===----------------------------------------------------------------------===//
// The generator
//===----------------------------------------------------------------------===//

/// Four i32.
using PhiloxBlock = std::array<mlir::Value, 4>;

/// A sequence of blocks: a key and the counter of its first block, all i64.
class PhiloxStream {
public:
  PhiloxStream(NodeBuilder &b, mlir::Value key, mlir::Value low,
               mlir::Value high)
      : b(b), key(key), low(low), high(high) {}

  /// The stream that starts `count`, an i64, blocks behind this one.
  PhiloxStream advance(mlir::Value count) const;
  /// The block `place`, an i64, of the stream.
  PhiloxBlock createBlock(mlir::Value place) const;

private:
  NodeBuilder &b;
  mlir::Value key, low, high;
};

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// A number in [0, 1) of one word, and of two.
mlir::Value createUniformF32(NodeBuilder &b, mlir::Value word);
mlir::Value createUniformF64(NodeBuilder &b, mlir::Value word0,
                             mlir::Value word1);

/// As many normal numbers of `type` as a block gives: four f32 or two f64.
llvm::SmallVector<mlir::Value> createNormals(NodeBuilder &b, mlir::Type type,
                                             const PhiloxBlock &block);

/// How many elements of `type` a block gives.
inline int64_t getNumPerBlock(mlir::Type type) {
  return 128 / type.getIntOrFloatBitWidth();
}

//===----------------------------------------------------------------------===//
// Draws
//===----------------------------------------------------------------------===//

/// Hands out numbers of f64 of a stream one by one, as the state of a loop. Of
/// the two numbers that a block gives the second comes first; uniform and
/// normal numbers do not share blocks.
class Draws {
public:
  /// Nothing is drawn yet.
  Draws(NodeBuilder &b, const PhiloxStream &stream);

  mlir::Value drawUniform() { return draw(uniform, /*isNormal=*/false); }
  mlir::Value drawNormal() { return draw(normal, /*isNormal=*/true); }

  /// What a loop has to carry, and the same within the loop or behind it.
  llvm::SmallVector<mlir::Value> getState() const;
  void setState(mlir::ValueRange state);

private:
  /// The other number of the last block, if it is there.
  struct Spare {
    mlir::Value number, isThere;
  };

  mlir::Value draw(Spare &spare, bool isNormal);

  NodeBuilder &b;
  PhiloxStream stream;
  mlir::Value next;
  Spare uniform, normal;
};

/// Writes a loop that ends when `body`, which gets the values carried and
/// replaces them, returns true; it runs once at least. Returns the last values.
llvm::SmallVector<mlir::Value> createRepetition(
    NodeBuilder &b, mlir::ValueRange initial,
    llvm::function_ref<mlir::Value(llvm::SmallVectorImpl<mlir::Value> &)> body);

/// Writes an `if` with values: each side returns them.
llvm::SmallVector<mlir::Value>
createChoice(NodeBuilder &b, mlir::TypeRange types, mlir::Value condition,
             llvm::function_ref<llvm::SmallVector<mlir::Value>()> onTrue,
             llvm::function_ref<llvm::SmallVector<mlir::Value>()> onFalse);

//===----------------------------------------------------------------------===//
// Distributions with parameters
//===----------------------------------------------------------------------===//

/// Writes one sample, an f64, of `distribution` with `parameters` of a float
/// type; `stream` is the kernel's, `index` the sample's number, an i64.
mlir::Value createSample(NodeBuilder &b, graph::RandomDistribution distribution,
                         mlir::ValueRange parameters,
                         const PhiloxStream &stream, mlir::Value index);

//===----------------------------------------------------------------------===//
// Library
//===----------------------------------------------------------------------===//

/// The functions of libm, of one number each, that the kernel of `op` calls.
llvm::SmallVector<std::pair<llvm::StringRef, mlir::Type>>
getLibraryFunctions(graph::RandomNumbersOp op);

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CONVERSION_GRAPHTOSTEP_RANDOMKERNEL_H
