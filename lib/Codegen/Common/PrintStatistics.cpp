//===- PrintStatistics.cpp - show what a plan comes to --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/Common/PlanStatistics.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace graph_compile;
using llvm::formatv;
using llvm::raw_ostream;
using llvm::StringRef;

/// Numbers that are not known are added as nothing.
static int64_t sum(const FunctionStatistics &function,
                   std::optional<int64_t> LaunchStatistics::*number) {
  int64_t total = 0;
  for (const LaunchStatistics &launch : function.launches)
    total += (launch.*number).value_or(0);
  return total;
}

namespace {
/// What the launches of a function come to.
struct Summary {
  explicit Summary(const FunctionStatistics &function);

  int64_t numLaunches = 0, numKernels = 0;
  int64_t numCopies = 0, copiedBytes = 0;
  int64_t numInPlace = 0, numIntoVariables = 0;
  /// How many launches there are of each kind, the first to run first.
  llvm::MapVector<StringRef, int64_t> kinds;
};
} // namespace

Summary::Summary(const FunctionStatistics &function) {
  llvm::StringSet<> kernels;
  for (const LaunchStatistics &launch : function.launches) {
    if (launch.kernel.empty()) {
      ++numCopies;
      // Each byte is read and written.
      copiedBytes += launch.bytes.value_or(0) / 2;
      continue;
    }
    ++numLaunches;
    kernels.insert(launch.kernel);
    ++kinds[launch.kind];
    numInPlace += launch.isInPlace;
    numIntoVariables += launch.writesVariable;
  }
  numKernels = kernels.size();
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string show(std::optional<int64_t> number) {
  return number ? std::to_string(*number) : "open";
}

static void printSummary(const FunctionStatistics &function, raw_ostream &os) {
  Summary all(function);
  os << formatv("  arena      {0} bytes\n", function.arenaBytes);
  os << formatv("  scratch    {0} growable places\n", function.scratchSlots);
  os << formatv("  launches   {0} of {1} kernels\n", all.numLaunches,
                all.numKernels);
  for (auto [kind, count] : all.kinds)
    os << formatv("             {0} {1}\n", count, kind);
  os << formatv("  in place   {0} launches write over an input, {1} into a "
                "variable\n",
                all.numInPlace, all.numIntoVariables);
  os << formatv("  copies     {0} of {1} bytes\n", all.numCopies,
                all.copiedBytes);
  os << formatv("  work       {0} flops, {1} bytes read or written\n",
                sum(function, &LaunchStatistics::flops),
                sum(function, &LaunchStatistics::bytes));
}

static void printLaunches(const FunctionStatistics &function, raw_ostream &os) {
  os << formatv("\n  {0,6}  {1,-12} {2,-22} {3,14} {4,12}  nodes\n", "launch",
                "kernel", "kind", "flops", "bytes");
  int64_t number = 0;
  for (const LaunchStatistics &launch : function.launches) {
    bool isCopy = launch.kernel.empty();
    os << formatv("  {0,6}  {1,-12} {2,-22} {3,14} {4,12}  {5}\n",
                  isCopy ? "" : std::to_string(number),
                  isCopy ? "-" : launch.kernel, launch.kind, show(launch.flops),
                  show(launch.bytes), llvm::join(launch.nodes, ", "));
    number += !isCopy;
  }
}

static void printPlaces(const FunctionStatistics &function, raw_ostream &os) {
  if (function.places.empty())
    return;
  os << formatv("\n  {0,12}  {1,-16} {2,6} {3,6}  node\n", "bytes", "place",
                "first", "last");
  for (const PlaceStatistics &place : function.places)
    os << formatv(
        "  {0,12}  {1,-16} {2,6} {3,6}  {4}\n", show(place.bytes),
        ((place.isInArena ? "arena " : "slot ") + llvm::Twine(place.index))
            .str(),
        place.first, place.last, place.node);
}

void graph_compile::printStatistics(const PlanStatistics &statistics,
                                    raw_ostream &os) {
  if (!statistics.model.empty())
    os << formatv("model \"{0}\"\n", statistics.model);
  os << formatv("weights      {0} bytes\n", statistics.weightsBytes);
  os << formatv("variables    {0} of {1} bytes",
                statistics.numVariables - statistics.numOpenVariables,
                statistics.variablesBytes);
  if (statistics.numOpenVariables > 0)
    os << formatv(" and {0} of open size", statistics.numOpenVariables);
  os << '\n';
  for (const FunctionStatistics &function : statistics.functions) {
    os << formatv("\nfunction \"{0}\"\n", function.name);
    printSummary(function, os);
    printLaunches(function, os);
    printPlaces(function, os);
  }
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Value toJson(std::optional<int64_t> number) {
  return number ? llvm::json::Value(*number) : llvm::json::Value(nullptr);
}

static void printAsJson(const LaunchStatistics &launch,
                        llvm::json::OStream &json) {
  json.object([&] {
    json.attribute("kernel", launch.kernel.empty()
                                 ? llvm::json::Value(nullptr)
                                 : llvm::json::Value(launch.kernel));
    json.attribute("kind", launch.kind);
    json.attribute("flops", toJson(launch.flops));
    json.attribute("bytes", toJson(launch.bytes));
    json.attribute("in_place", launch.isInPlace);
    json.attribute("writes_variable", launch.writesVariable);
    json.attribute("nodes", llvm::json::Array(launch.nodes));
  });
}

static void printAsJson(const PlaceStatistics &place,
                        llvm::json::OStream &json) {
  json.object([&] {
    json.attribute(place.isInArena ? "offset" : "slot", place.index);
    json.attribute("bytes", toJson(place.bytes));
    json.attribute("first", place.first);
    json.attribute("last", place.last);
    json.attribute("node", place.node);
  });
}

static void printAsJson(const FunctionStatistics &function,
                        llvm::json::OStream &json) {
  json.object([&] {
    json.attribute("name", function.name);
    json.attribute("arena_bytes", function.arenaBytes);
    json.attribute("scratch_slots", function.scratchSlots);
    json.attributeArray("launches", [&] {
      for (const LaunchStatistics &launch : function.launches)
        printAsJson(launch, json);
    });
    json.attributeArray("places", [&] {
      for (const PlaceStatistics &place : function.places)
        printAsJson(place, json);
    });
  });
}

void graph_compile::printStatisticsAsJson(const PlanStatistics &statistics,
                                          raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("model", statistics.model);
    json.attribute("weights_bytes", statistics.weightsBytes);
    json.attribute("variables", statistics.numVariables);
    json.attribute("open_variables", statistics.numOpenVariables);
    json.attribute("variables_bytes", statistics.variablesBytes);
    json.attributeArray("functions", [&] {
      for (const FunctionStatistics &function : statistics.functions)
        printAsJson(function, json);
    });
  });
  os << '\n';
}
