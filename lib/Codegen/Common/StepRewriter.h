//===- StepRewriter.h - from a step on tensors to one on places -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPREWRITER_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPREWRITER_H

#include "StepMemory.h"
#include "WeightTable.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace graph_compile {

/// Writes down what `StepMemory` has decided. Walks a step once, puts
/// operations on memrefs before those on tensors, and removes the latter, last
/// to first, when all are replaced.
class StepRewriter {
public:
  StepRewriter(mlir::func::FuncOp step, StepMemory &memory,
               ModuleSymbols &symbols, WeightTable &weights)
      : step(step), memory(memory), symbols(symbols), weights(weights),
        builder(step.getLoc(), step.getContext()) {}

  mlir::LogicalResult rewrite();

private:
  void convertSignature();
  mlir::LogicalResult convertBlock(mlir::Block &block);
  mlir::LogicalResult convert(mlir::Operation *op);
  mlir::Value createWeight(mlir::arith::ConstantOp constant);
  mlir::LogicalResult convertConstant(mlir::arith::ConstantOp constant);
  void convertElements(mlir::tensor::FromElementsOp elements);
  void convertView(mlir::Operation *view);
  void convertLoad(step::LoadOp load);
  void convertStore(step::StoreOp store);
  void storeToVariable(step::StoreOp store);
  void convertLaunch(step::LaunchOp launch);
  void convertResize(step::ResizeOp resize);
  void convertReturn(mlir::func::ReturnOp terminator);
  void convertExtract(mlir::tensor::ExtractOp extract);
  void convertDim(mlir::tensor::DimOp dim);
  mlir::LogicalResult convertOther(mlir::Operation *op);

  // Regions.
  mlir::LogicalResult convertBranches(mlir::Operation *op);
  void convertBranchEnd(mlir::Operation *terminator, mlir::ValueRange results);
  mlir::LogicalResult convertLoop(mlir::scf::WhileOp loop);
  void enterRegion(mlir::Block &block, const LoopBuffers &plan);
  void convertCondition(mlir::scf::ConditionOp condition,
                        const LoopBuffers &plan);
  void convertBackEdge(mlir::scf::YieldOp yield, const LoopBuffers &plan);
  void convertLoopResults(mlir::scf::WhileOp loop, mlir::scf::WhileOp created,
                          mlir::ValueRange sources, const LoopBuffers &plan);
  void setBuffers(const LoopBuffers &plan, mlir::ValueRange values);
  mlir::Value createBuffer(const LoopBuffers::Buffer &buffer);
  mlir::Value createPlaceBehind(mlir::scf::WhileOp loop, mlir::Value source,
                                mlir::MemRefType type, mlir::ValueRange sizes);
  void copyTo(unsigned storage, mlir::Value source, mlir::Type type,
              mlir::ValueRange sizes);
  void copyOverBorder(mlir::Value source, mlir::Value target,
                      mlir::ValueRange sizes);
  void define(mlir::Value tensor, mlir::ValueRange sizes);

  /// The memref of `tensor`, which is in memory by now.
  mlir::Value getPlace(mlir::Value tensor) { return places.lookup(tensor); }
  /// Makes the place that `tensor`, a storage's root, is written to.
  mlir::Value createPlace(mlir::Value tensor);
  mlir::Value createPlace(mlir::Value tensor, mlir::ValueRange sizes);
  mlir::Value createPlaceIn(unsigned number, mlir::MemRefType type,
                            mlir::ValueRange sizes);
  mlir::Value createSlot(unsigned slot, mlir::MemRefType type,
                         mlir::ValueRange sizes, bool mayGrow);
  /// The place where a kernel goes on from `contents`, to give `result`.
  mlir::Value createContinuedPlace(mlir::Value result, mlir::Value contents);
  mlir::Value createOutput(unsigned index, mlir::Type type,
                           mlir::ValueRange sizes);
  mlir::Value createOutputPlace(const Storage &storage, mlir::MemRefType type,
                                mlir::ValueRange sizes);
  void leaveRegions();
  mlir::Value getFixedOutput(unsigned index);
  mlir::Value createVariablePlace(const Storage &storage, mlir::MemRefType type,
                                  mlir::ValueRange sizes);
  mlir::Value getFixedVariable(mlir::StringAttr name,
                               mlir::RankedTensorType type);
  /// The place of the variable `name` as it is.
  mlir::Value createVariableRef(mlir::StringAttr name);
  /// The elements of `place` as a value of `type`, with `sizes` open.
  mlir::Value createView(mlir::Value place, mlir::MemRefType type,
                         mlir::ValueRange sizes);
  mlir::Value getSize(mlir::Value place, int64_t dim);
  mlir::Value multiply(llvm::ArrayRef<mlir::OpFoldResult> factors);
  llvm::SmallVector<mlir::Value> createSizesAt(mlir::Value tensor,
                                               mlir::Operation *writer);
  llvm::SmallVector<mlir::Value> getOpenSizesOf(mlir::Value place);
  /// The sizes of the open dimensions of `tensor`.
  llvm::SmallVector<mlir::Value> getSizesOf(mlir::Value tensor);
  llvm::SmallVector<mlir::Value> getSizesOfWritten(mlir::Value tensor);
  llvm::SmallVector<mlir::Value> getViewSizes(mlir::Operation *view);
  void copy(mlir::Value from, mlir::Value to);
  void copyRows(mlir::Value from, mlir::Value to);
  void storeElements(mlir::tensor::FromElementsOp elements, mlir::Value place);
  /// The number that `tensor` is, if it is a constant of one that is no weight:
  /// it is written from a register.
  static mlir::TypedAttr getImmediate(mlir::Value tensor);
  /// Writes `tensor` to `place`.
  void write(mlir::Value tensor, mlir::Value place);

  mlir::func::FuncOp step;
  StepMemory &memory;
  ModuleSymbols &symbols;
  WeightTable &weights;
  mlir::ImplicitLocOpBuilder builder;
  llvm::DenseMap<mlir::Value, mlir::Value> places;
  /// The open sizes of what comes over the border of a region.
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> borderSizes;
  /// Where the storages of the buffers of loops lie here: memrefs, or slots.
  llvm::DenseMap<unsigned, mlir::Value> bufferOf;
  /// Outputs of fixed size that regions write.
  llvm::DenseMap<unsigned, mlir::Value> fixedOutputs;
  llvm::DenseMap<mlir::StringAttr, mlir::Value> fixedVariables;
  unsigned loopDepth = 0;
  llvm::SmallVector<mlir::Operation *> replaced;
  /// Blocks whose first arguments are replaced, and how many they are.
  llvm::SmallVector<std::pair<mlir::Block *, unsigned>> replacedArguments;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPREWRITER_H
