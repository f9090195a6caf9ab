//===- StepLowering.h - turns one step into a function -------- -*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPLOWERING_H
#define GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPLOWERING_H

#include "StepText.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringSet.h"

namespace graph_compile::cpu {

/// gcrt_status.
inline constexpr int32_t kOk = 0;
inline constexpr int32_t kOutOfMemory = 4;

/// Fields of gcrt_frame.
namespace frame_field {
enum {
  Inputs,
  InputDims,
  Arena,
  Variables,
  VariableSet,
  Weights,
  Instance,
  Profile,
  VariableDims
};
} // namespace frame_field

/// What the steps of a module share.
struct ModuleContext {
  ModuleContext(mlir::ModuleOp module, bool poisonArena, bool markLaunches)
      : poisonArena(poisonArena), markLaunches(markLaunches), symbols(module),
        texts(symbols) {
    int64_t number = 0;
    for (auto variable : module.getOps<step::VariableOp>())
      variables[variable.getSymName()] = number++;
    for (auto weight : module.getOps<step::WeightDataOp>())
      weights[weight.getSymName()] = weight.getOffset();
  }

  /// Declares a function of the runtime where it is first called.
  void declare(CodeBuilder &b, llvm::StringRef name, mlir::Type result,
               llvm::ArrayRef<mlir::Type> arguments) {
    if (!declared.insert(name).second || symbols.lookup(name))
      return;
    mlir::OpBuilder::InsertionGuard guard(b);
    b.clearInsertionPoint();
    symbols.insert(mlir::LLVM::LLVMFuncOp::create(
        b, name, mlir::LLVM::LLVMFunctionType::get(result, arguments)));
  }

  /// Whether the places of the arena alone are addressable.
  bool poisonArena;
  /// Whether profiles are told of launches.
  bool markLaunches;
  mlir::SymbolTable symbols;
  TextGlobals texts;
  /// The index of each variable, and where each constant begins in the weights.
  llvm::StringMap<int64_t> variables, weights;
  llvm::StringSet<> declared;
  /// The launches that are marked, each by its number.
  llvm::SmallVector<mlir::Attribute> launches;
};

/// Lowers one step or part of a step.
class StepLowering {
public:
  StepLowering(mlir::func::FuncOp step, ModuleContext &context)
      : context(context), step(step),
        isPart(step->hasAttr(step::StepDialect::kPartAttr)),
        b(step.getLoc(), step.getContext()),
        pointer(mlir::LLVM::LLVMPointerType::get(step.getContext())) {}

  mlir::LogicalResult run();

private:
  void makeFunction();
  void describeInputs();
  llvm::SmallVector<mlir::Type> getMachineTypes();
  void addInput(mlir::BlockArgument argument);
  void addPartArgument(mlir::BlockArgument argument, unsigned &position);
  mlir::LogicalResult addBlockPlaces(mlir::Block &block);
  void finishBlockPlaces();
  void lowerBranch(mlir::Operation *branch);
  mlir::LogicalResult lowerBlock(mlir::Block &block);
  mlir::LogicalResult lower(mlir::Operation &op, bool &handled);

  mlir::Value getFrameField(unsigned field);
  mlir::Value getVariableSlot(llvm::StringRef variable);
  mlir::Value getStackSlot(mlir::Type type, int64_t count);
  mlir::Value makeDims(const Place &place);
  llvm::SmallVector<mlir::Value> getMachineOperands(mlir::ValueRange operands);
  Place makePlace(mlir::Value base, mlir::MemRefType type,
                  mlir::ValueRange openSizes);

  void lowerGrowable(mlir::Operation *op, mlir::MemRefType type,
                     mlir::ValueRange sizes);
  void lowerAssert(step::AssertOp op);
  void lowerPrint(step::PrintOp op);
  void lowerCheckSet(step::CheckSetOp op);
  void lowerVariableRef(step::VariableRefOp op);
  void lowerVariableSize(step::VariableSizeOp op);
  mlir::Value getOffset(const Place &place, mlir::ValueRange indices);
  void lowerCopy(mlir::memref::CopyOp copy);
  mlir::LogicalResult lowerMemory(mlir::Operation &op, bool &handled);

  void mark(uint32_t launch);
  void markLaunch(mlir::Operation *op,
                  llvm::SmallVector<mlir::NamedAttribute> attributes);
  void markLaunch(step::LaunchOp launch);
  void markCopy(mlir::memref::CopyOp copy);
  void markOther();

  mlir::Value makeViews(mlir::ValueRange data);
  void makeView(mlir::Value view, mlir::Value data);
  mlir::Value call(llvm::StringRef name, mlir::Type result,
                   mlir::ValueRange arguments);
  void setAddressable(mlir::Value base, int64_t bytes, bool isAddressable);
  void returnStatus(mlir::Value status);
  /// Goes on in a new block if `good`; `fail` fills the block for the rest.
  void failUnless(mlir::Value good, llvm::function_ref<void()> fail);
  void failUnlessOk(mlir::Value status);

  ModuleContext &context;
  mlir::func::FuncOp step;
  /// A part of a long step, called with arguments; else an entry point.
  bool isPart;
  mlir::LLVM::LLVMFuncOp function;
  CodeBuilder b;
  mlir::Type pointer;
  mlir::Value frame;
  /// Fields of the frame, which do not change in a call, as far as they are
  /// needed.
  mlir::Value frameFields[frame_field::VariableDims + 1];
  llvm::DenseMap<mlir::Value, Place> places;
  /// The addresses of places that come with branches.
  llvm::SmallVector<mlir::UnrealizedConversionCastOp> blockPlaces;
  /// The block that operations go to, if it is not the one they stand in.
  mlir::Block *current = nullptr;
  /// What the new operations stand for.
  llvm::SmallVector<mlir::Operation *> replaced;
};

} // namespace graph_compile::cpu

#endif // GRAPH_COMPILE_LIB_CODEGEN_CPU_STEPLOWERING_H
