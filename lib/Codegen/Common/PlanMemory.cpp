//===- PlanMemory.cpp - give every value of a step its place --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `StepMemory` decides; this file writes the decisions down. It walks a step
// once, puts operations on memrefs before those on tensors, and removes the
// latter, last to first, when all are replaced.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "KernelSignature.h"
#include "StepMemory.h"
#include "WeightTable.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graph_compile {
#define GEN_PASS_DEF_PLANMEMORY
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

namespace {
class StepRewriter {
public:
  StepRewriter(func::FuncOp step, StepMemory &memory, ModuleSymbols &symbols,
               WeightTable &weights)
      : step(step), memory(memory), symbols(symbols), weights(weights),
        builder(step.getLoc(), step.getContext()) {}

  LogicalResult rewrite();

private:
  void convertSignature();
  LogicalResult convert(Operation *op);
  LogicalResult convertConstant(arith::ConstantOp constant);
  void convertElements(tensor::FromElementsOp elements);
  void convertView(Operation *view);
  void convertLoad(step::LoadOp load);
  void convertStore(step::StoreOp store);
  void convertLaunch(step::LaunchOp launch);
  void convertReturn(func::ReturnOp terminator);
  LogicalResult convertScalarReads(Operation *op);

  /// The memref of `tensor`, which is in memory by now.
  Value getPlace(Value tensor) { return places.lookup(tensor); }
  /// Makes the place that `tensor`, a storage's root, is written to.
  Value createPlace(Value tensor);
  /// The place where a kernel goes on from `contents`, to give `result`.
  Value createContinuedPlace(Value result, Value contents);
  Value createOutput(unsigned index, Type type, ValueRange sizes);
  /// The elements of `place` as a value of `type`, with `sizes` open.
  Value createView(Value place, MemRefType type, ValueRange sizes);
  Value getSize(Value place, int64_t dim);
  Value multiply(ArrayRef<OpFoldResult> factors);
  SmallVector<Value> getOpenSizesOf(Value place);
  SmallVector<Value> getSizesOfWritten(Value tensor);
  SmallVector<Value> getViewSizes(Operation *view);
  void copy(Value from, Value to);
  void storeElements(tensor::FromElementsOp elements, Value place);
  /// Writes `tensor` to `place`.
  void write(Value tensor, Value place);

  func::FuncOp step;
  StepMemory &memory;
  ModuleSymbols &symbols;
  WeightTable &weights;
  ImplicitLocOpBuilder builder;
  DenseMap<Value, Value> places;
  SmallVector<Operation *> replaced;
};
} // namespace

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// The sizes of the open dimensions of `place`, if its operation has them.
static std::optional<OperandRange> getGivenSizes(Value place) {
  Operation *definition = place.getDefiningOp();
  if (auto view = dyn_cast_or_null<step::ViewOp>(definition))
    return view.getSizes();
  if (auto scratch = dyn_cast_or_null<step::ScratchOp>(definition))
    return scratch.getSizes();
  if (auto output = dyn_cast_or_null<step::OutputOp>(definition))
    return output.getSizes();
  return std::nullopt;
}

Value StepRewriter::createView(Value place, MemRefType type, ValueRange sizes) {
  // A view of a view is one of what that looks at: chains stay short.
  if (auto view = place.getDefiningOp<step::ViewOp>())
    place = view.getSource();
  if (place.getType() == type) {
    std::optional<OperandRange> given = getGivenSizes(place);
    if (type.hasStaticShape() || (given && llvm::equal(*given, sizes)))
      return place;
  }
  return step::ViewOp::create(builder, type, place, sizes);
}

Value StepRewriter::createOutput(unsigned index, Type type, ValueRange sizes) {
  return step::OutputOp::create(builder, getPlaceType(type), index, sizes);
}

Value StepRewriter::multiply(ArrayRef<OpFoldResult> factors) {
  Value product;
  for (OpFoldResult factor : factors) {
    Value value =
        getValueOrCreateConstantIndexOp(builder, builder.getLoc(), factor);
    product = product ? arith::MulIOp::create(builder, product, value) : value;
  }
  return product;
}

/// Sizes of the open dimensions of `tensor`, which a kernel or load defines.
SmallVector<Value> StepRewriter::getSizesOfWritten(Value tensor) {
  if (std::optional<SmallVector<Value>> sizes = getOpenSizes(tensor))
    return *sizes;
  // The kernel goes on from contents of the same sizes.
  auto launch = tensor.getDefiningOp<step::LaunchOp>();
  unsigned output = cast<OpResult>(tensor).getResultNumber();
  return getOpenSizesOf(getPlace(launch.getOutputs()[output]));
}

Value StepRewriter::createPlace(Value tensor) {
  const Storage &storage = *memory.lookup(tensor);
  MemRefType type = getPlaceType(tensor.getType());
  SmallVector<Value> sizes = getSizesOfWritten(tensor);
  Value place;
  switch (storage.kind) {
  case Storage::Kind::Arena:
    place = step::ArenaOp::create(builder, type, storage.index);
    break;
  case Storage::Kind::Scratch:
    place = step::ScratchOp::create(builder, type, storage.index, sizes);
    break;
  case Storage::Kind::Variable: {
    auto variable =
        symbols.getTable().lookup<step::VariableOp>(storage.variable);
    place = createView(
        step::VariableRefOp::create(
            builder, getPlaceType(variable.getTensorType()), storage.variable),
        type, sizes);
    break;
  }
  case Storage::Kind::Output: {
    // The result may be a view of what the kernel writes.
    Value result =
        step.getBody().front().getTerminator()->getOperand(storage.index);
    SmallVector<Value> resultSizes;
    SmallVector<SizeFactors> factorsOf =
        *getOpenSizesAt(result, storage.writer);
    for (const SizeFactors &factors : factorsOf)
      resultSizes.push_back(multiply(factors));
    place =
        createView(createOutput(storage.index, result.getType(), resultSizes),
                   type, sizes);
    break;
  }
  case Storage::Kind::Input:
  case Storage::Kind::Weight:
    llvm_unreachable("the step does not write it");
  }
  places[tensor] = place;
  return place;
}

/// The size of dimension `dim` of `place`: where it was given, not the place,
/// so that only sizes of inputs are read from memrefs.
Value StepRewriter::getSize(Value place, int64_t dim) {
  auto type = cast<MemRefType>(place.getType());
  if (!type.isDynamicDim(dim))
    return arith::ConstantIndexOp::create(builder, type.getDimSize(dim));
  unsigned open = type.getDynamicDimIndex(dim);
  if (std::optional<OperandRange> given = getGivenSizes(place))
    return (*given)[open];
  return memref::DimOp::create(builder, place, dim);
}

SmallVector<Value> StepRewriter::getOpenSizesOf(Value place) {
  auto type = cast<MemRefType>(place.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0, e = type.getRank(); i < e; ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(getSize(place, i));
  return sizes;
}

void StepRewriter::copy(Value from, Value to) {
  memref::CopyOp::create(builder, from, to);
}

void StepRewriter::storeElements(tensor::FromElementsOp elements, Value place) {
  auto type = cast<MemRefType>(place.getType());
  SmallVector<int64_t> index(type.getRank(), 0);
  for (Value element : elements.getElements()) {
    SmallVector<Value> indices;
    for (int64_t i : index)
      indices.push_back(arith::ConstantIndexOp::create(builder, i));
    memref::StoreOp::create(builder, element, place, indices);
    // The next index, row-major.
    for (int64_t dim = type.getRank(); dim-- > 0;) {
      if (++index[dim] < type.getDimSize(dim))
        break;
      index[dim] = 0;
    }
  }
}

void StepRewriter::write(Value tensor, Value place) {
  if (auto elements = tensor.getDefiningOp<tensor::FromElementsOp>())
    storeElements(elements, place);
  else
    copy(getPlace(tensor), place);
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

LogicalResult StepRewriter::convertConstant(arith::ConstantOp constant) {
  if (!isa<RankedTensorType>(constant.getType()))
    return success();
  auto value = cast<ElementsAttr>(constant.getValue());
  step::WeightDataOp data = weights.intern(value, constant.getLoc());
  if (!data)
    return constant.emitOpError() << "in " << describeNode(constant.getLoc())
                                  << " expects dense elements as its value";
  Value weight = step::WeightOp::create(
      builder, getPlaceType(data.getValue().getType()), data.getSymName());
  places[constant] =
      createView(weight, getPlaceType(constant.getType()), ValueRange());
  replaced.push_back(constant);
  return success();
}

void StepRewriter::convertElements(tensor::FromElementsOp elements) {
  if (memory.lookup(elements))
    storeElements(elements, createPlace(elements));
  replaced.push_back(elements);
}

/// Sizes of the open dimensions of `view`, on memrefs.
SmallVector<Value> StepRewriter::getViewSizes(Operation *view) {
  auto type = cast<RankedTensorType>(view->getResult(0).getType());
  Value source = getPlace(view->getOperand(0));
  SmallVector<Value> sizes;
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(view))
    return llvm::to_vector(expand.getOutputShape());
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(view);
  auto reshape = dyn_cast<tensor::ReshapeOp>(view);
  SmallVector<ReassociationIndices> groups;
  if (collapse)
    groups = collapse.getReassociationIndices();
  for (int64_t i = 0, e = type.getRank(); i < e; ++i) {
    if (!type.isDynamicDim(i))
      continue;
    if (collapse) {
      SmallVector<OpFoldResult> factors;
      for (int64_t dim : groups[i])
        factors.push_back(getSize(source, dim));
      sizes.push_back(multiply(factors));
    } else if (reshape) {
      Value index = arith::ConstantIndexOp::create(builder, i);
      Value size =
          memref::LoadOp::create(builder, getPlace(reshape.getShape()), index);
      if (!size.getType().isIndex())
        size =
            arith::IndexCastOp::create(builder, builder.getIndexType(), size);
      sizes.push_back(size);
    } else {
      sizes.push_back(getSize(source, i));
    }
  }
  return sizes;
}

void StepRewriter::convertView(Operation *view) {
  Value result = view->getResult(0);
  places[result] =
      createView(getPlace(view->getOperand(0)), getPlaceType(result.getType()),
                 getViewSizes(view));
  replaced.push_back(view);
}

/// Reads by index, in `op` or in its regions, become reads of memrefs.
LogicalResult StepRewriter::convertScalarReads(Operation *op) {
  WalkResult result = op->walk([&](Operation *inner) {
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      if (isScalarLoad(extract.getTensor()))
        return WalkResult::advance(); // done at the load
      builder.setInsertionPoint(inner);
      extract.replaceAllUsesWith(
          memref::LoadOp::create(builder, getPlace(extract.getTensor()),
                                 extract.getIndices())
              .getResult());
      replaced.push_back(inner);
    } else if (auto dim = dyn_cast<tensor::DimOp>(inner)) {
      builder.setInsertionPoint(inner);
      Value place = getPlace(dim.getSource());
      std::optional<int64_t> index = dim.getConstantIndex();
      dim.replaceAllUsesWith(
          index ? getSize(place, *index)
                : memref::DimOp::create(builder, place, dim.getIndex())
                      .getResult());
      replaced.push_back(inner);
    } else if (llvm::any_of(inner->getOperandTypes(),
                            llvm::IsaPred<TensorType>) ||
               llvm::any_of(inner->getResultTypes(),
                            llvm::IsaPred<TensorType>)) {
      inner->emitOpError() << "in " << describeNode(inner->getLoc())
                           << " cannot be planned: expects a step of stage "
                              "`kernels`";
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

//===----------------------------------------------------------------------===//
// Variables and launches
//===----------------------------------------------------------------------===//

void StepRewriter::convertLoad(step::LoadOp load) {
  StringAttr name = load.getVariableAttr().getAttr();
  if (memory.needsCheck(load))
    step::CheckSetOp::create(builder, name);
  Value variable = step::VariableRefOp::create(
      builder, getPlaceType(load.getValue().getType()), name);
  // A snapshot that is copied may live in another variable.
  if (memory.lookup(load)->writer)
    copy(variable, createPlace(load));
  else
    places[load] = variable;

  // A scalar is read here, whatever is stored before it is used.
  replaced.push_back(load);
  if (!isScalarLoad(load))
    return;
  Value scalar;
  for (OpOperand &use : load->getUses())
    if (auto extract = dyn_cast<tensor::ExtractOp>(use.getOwner())) {
      if (!scalar)
        scalar = memref::LoadOp::create(builder, variable, ValueRange());
      extract.replaceAllUsesWith(scalar);
      replaced.push_back(extract);
    }
}

void StepRewriter::convertStore(step::StoreOp store) {
  StringAttr name = store.getVariableAttr().getAttr();
  if (!memory.isStoredInPlace(store))
    write(store.getValue(),
          step::VariableRefOp::create(
              builder, getPlaceType(store.getValue().getType()), name));
  if (memory.needsMark(store))
    step::MarkSetOp::create(builder, name);
  replaced.push_back(store);
}

Value StepRewriter::createContinuedPlace(Value result, Value contents) {
  const Storage *from = memory.lookup(contents);
  const Storage *to = memory.lookup(result);
  if (from == to)
    return places[result] = getPlace(contents);
  Value place = createPlace(result);
  bool isInVariable = from->kind == Storage::Kind::Variable &&
                      to->kind == Storage::Kind::Variable &&
                      from->variable == to->variable;
  if (!isInVariable)
    copy(getPlace(contents), place);
  return place;
}

void StepRewriter::convertLaunch(step::LaunchOp launch) {
  SmallVector<Value> inputs, outputs;
  for (Value input : launch.getInputs())
    inputs.push_back(isa<TensorType>(input.getType()) ? getPlace(input)
                                                      : input);
  for (auto [result, output] :
       llvm::zip_equal(launch.getResults(), launch.getOutputs()))
    outputs.push_back(hasContents(output) ? createContinuedPlace(result, output)
                                          : createPlace(result));
  step::LaunchOp::create(builder, TypeRange(), launch.getKernelAttr(), inputs,
                         outputs);
  if (memory.isInPlace(launch))
    symbols.getKernel(launch.getKernelAttr().getAttr())
        ->setAttr(step::StepDialect::kInPlaceAttr, builder.getUnitAttr());
  replaced.push_back(launch);
}

void StepRewriter::convertReturn(func::ReturnOp terminator) {
  for (auto [index, value] : llvm::enumerate(terminator.getOperands())) {
    if (memory.isOutputInPlace(index))
      continue;
    SmallVector<Value> sizes;
    if (Value place = getPlace(value))
      sizes = getOpenSizesOf(place);
    write(value, createOutput(index, value.getType(), sizes));
  }
  func::ReturnOp::create(builder);
  replaced.push_back(terminator);
}

//===----------------------------------------------------------------------===//
// The step
//===----------------------------------------------------------------------===//

LogicalResult StepRewriter::convert(Operation *op) {
  builder.setInsertionPoint(op);
  builder.setLoc(op->getLoc());
  if (isView(op)) {
    convertView(op);
    return success();
  }
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](arith::ConstantOp op) { return convertConstant(op); })
      .Case([&](tensor::FromElementsOp op) {
        return convertElements(op), success();
      })
      .Case([&](tensor::EmptyOp op) {
        if (memory.lookup(op))
          createPlace(op);
        replaced.push_back(op);
        return success();
      })
      .Case([&](step::LoadOp op) { return convertLoad(op), success(); })
      .Case([&](step::StoreOp op) { return convertStore(op), success(); })
      .Case([&](step::CheckSetOp op) {
        if (!memory.needsCheck(op))
          replaced.push_back(op);
        return success();
      })
      .Case([&](step::LaunchOp op) { return convertLaunch(op), success(); })
      .Case([&](func::ReturnOp op) { return convertReturn(op), success(); })
      .Case<step::AssertOp, step::PrintOp>([&](Operation *op) {
        for (OpOperand &use : op->getOpOperands())
          if (Value place = getPlace(use.get()))
            use.set(place);
        return success();
      })
      .Default([&](Operation *op) { return convertScalarReads(op); });
}

/// Returns the type of result `index` as the user knows it: with the sign that
/// its integers have lost.
static Type getUserType(func::FuncOp step, unsigned index) {
  Type type = step.getResultTypes()[index];
  if (!step.getResultAttr(index, step::StepDialect::kUnsignedAttr))
    return type;
  auto tensor = cast<RankedTensorType>(type);
  return tensor.clone(IntegerType::get(type.getContext(),
                                       tensor.getElementTypeBitWidth(),
                                       IntegerType::Unsigned));
}

/// The step takes memrefs, and lists the names and types of its results.
void StepRewriter::convertSignature() {
  SmallVector<Attribute> results;
  for (unsigned index = 0; index < step.getNumResults(); ++index) {
    auto name = step.getResultAttrOfType<StringAttr>(
        index, step::StepDialect::kNameAttr);
    results.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", name ? name : builder.getStringAttr("")),
         builder.getNamedAttr("type",
                              TypeAttr::get(getUserType(step, index)))}));
  }
  step.removeResAttrsAttr();
  step.setFunctionType(
      builder.getFunctionType(step.getBody().front().getArgumentTypes(), {}));
  step->setAttr(step::StepDialect::kResultsAttr, builder.getArrayAttr(results));
  step->setAttr(step::StepDialect::kArenaBytesAttr,
                builder.getI64IntegerAttr(memory.getArenaBytes()));
  step->setAttr(step::StepDialect::kScratchSlotsAttr,
                builder.getI64IntegerAttr(memory.getNumSlots()));
}

LogicalResult StepRewriter::rewrite() {
  // The tensors stay until the last operation on them is gone.
  unsigned numInputs = step.getNumArguments();
  Block &body = step.getBody().front();
  for (unsigned i = 0; i < numInputs; ++i) {
    BlockArgument tensor = body.getArgument(i);
    places[tensor] =
        body.addArgument(getPlaceType(tensor.getType()), tensor.getLoc());
  }
  for (Operation &op : llvm::make_early_inc_range(body.getOperations()))
    if (failed(convert(&op)))
      return failure();
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  body.eraseArguments(0, numInputs);
  convertSignature();
  return success();
}

namespace {
struct PlanMemory : graph_compile::impl::PlanMemoryBase<PlanMemory> {
  using PlanMemoryBase::PlanMemoryBase;
  void runOnOperation() override;
};
} // namespace

/// Outputs have places of their own, unless a launch of the kernel works in
/// place: says so to LLVM.
static void markDistinctOutputs(func::FuncOp step, ModuleSymbols &symbols) {
  auto unit = UnitAttr::get(step.getContext());
  StringRef name = LLVM::LLVMDialect::getNoAliasAttrName();
  for (auto launch : step.getOps<step::LaunchOp>()) {
    func::FuncOp kernel = symbols.getKernel(launch.getKernelAttr().getAttr());
    unsigned first = launch.getInputs().size();
    unsigned end = first + launch.getOutputs().size();
    if (first == end || kernel->hasAttr(step::StepDialect::kInPlaceAttr) ||
        kernel.getArgAttr(first, name))
      continue;
    for (unsigned output = first; output < end; ++output)
      kernel.setArgAttr(output, name, unit);
  }
}

void PlanMemory::runOnOperation() {
  if (redZone < 0) {
    getOperation().emitError() << "expects a red zone of at least 0 bytes, but "
                                  "got "
                               << redZone;
    return signalPassFailure();
  }
  ModuleSymbols symbols(getOperation());
  WeightTable weights(getOperation(), symbols.getTable());
  SmallVector<func::FuncOp> steps;
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (!function.isExternal() &&
        !function->hasAttr(step::StepDialect::kKernelAttr))
      steps.push_back(function);
  for (func::FuncOp step : steps) {
    StepMemory memory(step, symbols, redZone);
    StepRewriter rewriter(step, memory, symbols, weights);
    if (failed(rewriter.rewrite()))
      return signalPassFailure();
  }
  for (func::FuncOp step : steps)
    markDistinctOutputs(step, symbols);
}
