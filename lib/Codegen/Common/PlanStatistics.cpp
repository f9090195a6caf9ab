//===- PlanStatistics.cpp - what a plan comes to --------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/Common/PlanStatistics.h"

#include "ElementBytes.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace graph_compile;

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

/// The operation that says where `place` is, for a place that is no input.
static Operation *getOrigin(Value place) {
  Operation *op = place.getDefiningOp();
  while (auto view = dyn_cast_or_null<step::ViewOp>(op))
    op = view.getSource().getDefiningOp();
  return op;
}

/// Whether both are the same memory. Places are derived again wherever they are
/// used, so it is what they say that counts.
static bool isSamePlace(Value lhs, Value rhs) {
  Operation *left = getOrigin(lhs), *right = getOrigin(rhs);
  return left && right && left->getName() == right->getName() &&
         left->getAttrDictionary() == right->getAttrDictionary() &&
         isa<step::ArenaOp, step::ScratchOp, step::VariableRefOp,
             step::OutputOp>(left);
}

/// Whether what is written to `place` is the value of a variable.
static bool isInVariable(Value place) {
  return isa_and_nonnull<step::VariableRefOp, step::ResizeVariableOp>(
      getOrigin(place));
}

static std::vector<std::string> getNodes(Operation *op) {
  llvm::SetVector<StringAttr> names;
  collectNodeNames(op->getLoc(), names);
  std::vector<std::string> nodes;
  for (StringAttr name : names)
    nodes.push_back(name.str());
  return nodes;
}

static std::optional<int64_t> getNumber(DictionaryAttr attributes,
                                        StringRef name) {
  if (auto number = attributes.getAs<IntegerAttr>(name))
    return number.getInt();
  return std::nullopt;
}

static LaunchStatistics describe(step::LaunchOp launch, func::FuncOp kernel) {
  LaunchStatistics result;
  DictionaryAttr attributes = kernel->getAttrDictionary();
  result.kernel = kernel.getSymName().str();
  if (auto kind = attributes.getAs<StringAttr>(step::StepDialect::kKindAttr))
    result.kind = kind.str();
  result.nodes = getNodes(launch);
  result.flops = getNumber(attributes, step::StepDialect::kFlopsAttr);
  result.bytes = getNumber(attributes, step::StepDialect::kBytesAttr);
  for (Value output : launch.getOutputs()) {
    result.isInPlace |= llvm::any_of(launch.getInputs(), [&](Value input) {
      return isa<MemRefType>(input.getType()) && isSamePlace(input, output);
    });
    result.writesVariable |= isInVariable(output);
  }
  return result;
}

static LaunchStatistics describe(memref::CopyOp copy) {
  LaunchStatistics result;
  result.kind = "copy";
  result.nodes = getNodes(copy);
  result.flops = 0;
  auto type = cast<MemRefType>(copy.getSource().getType());
  if (type.hasStaticShape())
    result.bytes = 2 * getTotalBytes(type);
  result.writesVariable = isInVariable(copy.getTarget());
  return result;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Adds what runs in `function`, and in the parts that it was cut into. These
/// nest a few deep at most.
static void collectLaunches(func::FuncOp function, SymbolTable &symbols,
                            std::vector<LaunchStatistics> &launches) {
  function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto launch = dyn_cast<step::LaunchOp>(op))
      launches.push_back(
          describe(launch, symbols.lookup<func::FuncOp>(launch.getKernel())));
    else if (auto copy = dyn_cast<memref::CopyOp>(op))
      launches.push_back(describe(copy));
    else if (auto call = dyn_cast<step::CallOp>(op))
      collectLaunches(symbols.lookup<func::FuncOp>(call.getCallee()), symbols,
                      launches);
  });
}

static std::vector<PlaceStatistics> collectPlaces(func::FuncOp step) {
  std::vector<PlaceStatistics> places;
  auto list = step->getAttrOfType<ArrayAttr>(step::StepDialect::kPlacesAttr);
  if (!list)
    return places;
  for (auto attributes : list.getAsRange<DictionaryAttr>()) {
    PlaceStatistics &place = places.emplace_back();
    std::optional<int64_t> offset = getNumber(attributes, "offset");
    place.isInArena = offset.has_value();
    place.index = offset.value_or(getNumber(attributes, "slot").value_or(0));
    place.bytes = getNumber(attributes, "bytes");
    place.first = getNumber(attributes, "first").value_or(0);
    place.last = getNumber(attributes, "last").value_or(0);
    place.node = attributes.getAs<StringAttr>("node").str();
  }
  // Nobody knows how large open ones get: they come first.
  llvm::stable_sort(places, [](const auto &lhs, const auto &rhs) {
    return lhs.bytes.value_or(INT64_MAX) > rhs.bytes.value_or(INT64_MAX);
  });
  return places;
}

static FunctionStatistics collectFunction(func::FuncOp step,
                                          SymbolTable &symbols) {
  FunctionStatistics result;
  DictionaryAttr attributes = step->getAttrDictionary();
  auto name = attributes.getAs<StringAttr>(step::StepDialect::kNameAttr);
  result.name = name ? name.str() : step.getSymName().str();
  result.arenaBytes =
      getNumber(attributes, step::StepDialect::kArenaBytesAttr).value_or(0);
  result.scratchSlots =
      getNumber(attributes, step::StepDialect::kScratchSlotsAttr).value_or(0);
  collectLaunches(step, symbols, result.launches);
  result.places = collectPlaces(step);
  return result;
}

PlanStatistics graph_compile::collectStatistics(ModuleOp module) {
  PlanStatistics result;
  if (auto name =
          module->getAttrOfType<StringAttr>(step::StepDialect::kNameAttr))
    result.model = name.str();
  SymbolTable symbols(module);
  for (Operation &op : *module.getBody()) {
    if (auto variable = dyn_cast<step::VariableOp>(op)) {
      RankedTensorType type = variable.getTensorType();
      ++result.numVariables;
      if (type.hasStaticShape())
        result.variablesBytes += getTotalBytes(type);
      else
        ++result.numOpenVariables;
    } else if (auto weight = dyn_cast<step::WeightDataOp>(op)) {
      result.weightsBytes =
          weight.getOffset() + getTotalBytes(weight.getValue().getShapedType());
    } else if (auto function = dyn_cast<func::FuncOp>(op)) {
      if (!function.isExternal() &&
          !function->hasAttr(step::StepDialect::kKernelAttr) &&
          !function->hasAttr(step::StepDialect::kPartAttr))
        result.functions.push_back(collectFunction(function, symbols));
    }
  }
  return result;
}
