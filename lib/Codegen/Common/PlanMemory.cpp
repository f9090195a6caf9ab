//===- PlanMemory.cpp - give every value of a step its place --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `StepMemory` decides; `StepRewriter` writes the decisions down: here what is
// done to the operations of a block, in PlanRegions.cpp what passes the borders
// of regions, in PlanPlaces.cpp the places themselves.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"
#include "KernelSignature.h"
#include "ListPlaces.h"
#include "StepRewriter.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/TypeSwitch.h"

namespace graph_compile {
#define GEN_PASS_DEF_PLANMEMORY
#include "graph-compile/Codegen/Common/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// The place of `constant` in the weights; null if it has no bytes to look at.
Value StepRewriter::createWeight(arith::ConstantOp constant) {
  step::WeightDataOp data = weights.intern(
      cast<ElementsAttr>(constant.getValue()), constant.getLoc());
  if (!data)
    return {};
  Value weight = step::WeightOp::create(
      builder, getPlaceType(data.getValue().getType()), data.getSymName());
  return createView(weight, getPlaceType(constant.getType()), ValueRange());
}

LogicalResult StepRewriter::convertConstant(arith::ConstantOp constant) {
  if (!isa<RankedTensorType>(constant.getType()))
    return success();
  replaced.push_back(constant);
  if (getImmediate(constant) &&
      llvm::all_of(constant->getUsers(), [](Operation *user) {
        return isa<step::StoreOp, func::ReturnOp>(user);
      }))
    return success(); // `write` needs no place
  Value place = createWeight(constant);
  if (!place)
    return constant.emitOpError() << "in " << describeNode(constant.getLoc())
                                  << " expects dense elements as its value";
  places[constant] = place;
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

void StepRewriter::convertExtract(tensor::ExtractOp extract) {
  if (isScalarLoad(extract.getTensor()))
    return; // done at the load
  extract.replaceAllUsesWith(
      memref::LoadOp::create(builder, getPlace(extract.getTensor()),
                             extract.getIndices())
          .getResult());
  replaced.push_back(extract);
}

void StepRewriter::convertDim(tensor::DimOp dim) {
  Value source = dim.getSource();
  auto type = cast<RankedTensorType>(source.getType());
  std::optional<int64_t> index = dim.getConstantIndex();
  Value size;
  if (!index)
    size = memref::DimOp::create(builder, getPlace(source), dim.getIndex());
  else if (borderSizes.contains(source) && type.isDynamicDim(*index))
    size = borderSizes[source][type.getDynamicDimIndex(*index)];
  else if (!type.isDynamicDim(*index))
    size = arith::ConstantIndexOp::create(builder, type.getDimSize(*index));
  else
    size = getSize(getPlace(source), *index);
  dim.replaceAllUsesWith(size);
  replaced.push_back(dim);
}

/// Operations that are not special, as arithmetic on scalars and loops over
/// them.
LogicalResult StepRewriter::convertOther(Operation *op) {
  auto isTensor = llvm::IsaPred<TensorType>;
  if (llvm::any_of(op->getOperandTypes(), isTensor) ||
      llvm::any_of(op->getResultTypes(), isTensor))
    return op->emitOpError() << "in " << describeNode(op->getLoc())
                             << " cannot be planned: expects a step of stage "
                                "`kernels`";
  bool isLoop = op->getNumRegions() != 0;
  loopDepth += isLoop;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (failed(convertBlock(block)) || failed(convert(block.getTerminator())))
        return failure();
  loopDepth -= isLoop;
  return success();
}

//===----------------------------------------------------------------------===//
// Variables and launches
//===----------------------------------------------------------------------===//

void StepRewriter::convertLoad(step::LoadOp load) {
  StringAttr name = load.getVariableAttr().getAttr();
  if (memory.needsCheck(load))
    step::CheckSetOp::create(builder, name);
  Value variable = createVariableRef(name);
  // A snapshot that is copied may live in another variable.
  if (memory.lookup(load)->writer)
    copy(variable, createPlace(load, getOpenSizesOf(variable)));
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

/// The place of the variable for a value that is not there. One that is there,
/// the variable's own in other sizes, needs a place of these sizes, too.
void StepRewriter::storeToVariable(step::StoreOp store) {
  StringAttr name = store.getVariableAttr().getAttr();
  Value value = store.getValue();
  bool isInPlace = memory.isStoredInPlace(store);
  if (cast<RankedTensorType>(value.getType()).hasStaticShape()) {
    if (!isInPlace)
      write(value, createVariableRef(name));
    return;
  }
  bool isOwnValue = isInPlace && !memory.lookup(value)->writer;
  if (isInPlace && !(isOwnValue && isView(value.getDefiningOp())))
    return;
  Value place = step::ResizeVariableOp::create(
      builder, getPlaceType(value.getType()), name, getSizesOf(value));
  if (!isInPlace)
    write(value, place);
}

void StepRewriter::convertStore(step::StoreOp store) {
  StringAttr name = store.getVariableAttr().getAttr();
  storeToVariable(store);
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

/// Copies the rows that `from` and `to` both have.
void StepRewriter::copyRows(Value from, Value to) {
  auto getCount = [&](Value place) {
    auto type = cast<MemRefType>(place.getType());
    SmallVector<OpFoldResult> factors;
    for (int64_t dim = 0, rank = type.getRank(); dim < rank; ++dim)
      factors.push_back(getSize(place, dim));
    return multiply(factors);
  };
  Value count = arith::MinSIOp::create(builder, getCount(from), getCount(to));
  auto flat =
      MemRefType::get({ShapedType::kDynamic},
                      cast<MemRefType>(from.getType()).getElementType());
  copy(createView(from, flat, count), createView(to, flat, count));
}

void StepRewriter::convertResize(step::ResizeOp resize) {
  Value from = getPlace(resize.getSource());
  SmallVector<Value> sizes(resize.getSizes());
  replaced.push_back(resize);
  if (!memory.share(resize.getSource(), resize)) {
    copyRows(from, createPlace(resize, sizes));
    return;
  }
  // What is there is kept. The place is asked for again, so that a part of a
  // step that is cut can ask, too.
  unsigned number = *memory.getNumber(resize);
  MemRefType type = getPlaceType(resize.getType());
  Value buffer = bufferOf.lookup(number);
  const Storage &storage = memory.getStorage(number);
  if (!buffer && storage.kind == Storage::Kind::Scratch)
    buffer = arith::ConstantIndexOp::create(builder, storage.index);
  if (buffer && buffer.getType().isIndex())
    step::GrowOp::create(builder, type, buffer, sizes, from);
  createPlace(resize, sizes);
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
    write(value, createOutput(index, value.getType(), getSizesOf(value)));
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
      .Case([&](step::ResizeOp op) { return convertResize(op), success(); })
      .Case([&](tensor::ExtractOp op) { return convertExtract(op), success(); })
      .Case([&](tensor::DimOp op) { return convertDim(op), success(); })
      .Case([&](scf::WhileOp op) { return convertLoop(op); })
      .Case<scf::IfOp, scf::IndexSwitchOp>(
          [&](Operation *op) { return convertBranches(op); })
      .Case([&](func::ReturnOp op) { return convertReturn(op), success(); })
      .Case<step::AssertOp, step::PrintOp>([&](Operation *op) {
        for (OpOperand &use : op->getOpOperands())
          if (Value place = getPlace(use.get()))
            use.set(place);
        return success();
      })
      .Default([&](Operation *op) { return convertOther(op); });
}

/// Converts the operations of `block` before its terminator.
LogicalResult StepRewriter::convertBlock(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block.without_terminator()))
    if (failed(convert(&op)))
      return failure();
  return success();
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
  if (failed(convertBlock(body)) || failed(convert(body.getTerminator())))
    return failure();
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  for (auto [block, count] : replacedArguments)
    block->eraseArguments(0, count);
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
  step.walk([&](step::LaunchOp launch) {
    func::FuncOp kernel = symbols.getKernel(launch.getKernelAttr().getAttr());
    unsigned first = launch.getInputs().size();
    unsigned end = first + launch.getOutputs().size();
    if (first == end || kernel->hasAttr(step::StepDialect::kInPlaceAttr) ||
        kernel.getArgAttr(first, name))
      return;
    for (unsigned output = first; output < end; ++output)
      kernel.setArgAttr(output, name, unit);
  });
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
    if (listPlaces)
      step->setAttr(step::StepDialect::kPlacesAttr,
                    graph_compile::listPlaces(step, memory));
    StepRewriter rewriter(step, memory, symbols, weights);
    if (failed(rewriter.rewrite()))
      return signalPassFailure();
  }
  for (func::FuncOp step : steps)
    markDistinctOutputs(step, symbols);
}
