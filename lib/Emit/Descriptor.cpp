//===- Descriptor.cpp - the model descriptor in LLVM IR -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The structures of gcrt/model.h as constants. Strings and shapes lie in one
// table each, so that a model with many variables needs no global, and no
// symbol, for each of them.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Descriptor.h"

#include "gcrt/model.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;
using namespace graph_compile;

// The initializers below list the fields of these versions of the structures.
static_assert(GCRT_ABI_VERSION == 1 && sizeof(gcrt_model) == 88 &&
                  sizeof(gcrt_function_spec) == 56 &&
                  sizeof(gcrt_variable_spec) == 40 &&
                  sizeof(gcrt_tensor_spec) == 24,
              "lib/Emit/Descriptor.cpp must follow gcrt/model.h");
static_assert(DataBlob::alignment == GCRT_ALIGNMENT,
              "the runtime promises this alignment of weights");

static constexpr StringLiteral compilerName =
    "graph-compile " GRAPH_COMPILE_VERSION;

ModelData::ModelData(const ModelDescription &model) {
  for (const WeightDescription &weight : model.weights)
    blob.place(weight.offset, weight.value);
  weightsBytes = blob.getSize();
  for (const VariableDescription &variable : model.variables)
    initialOffsets.push_back(variable.initial
                                 ? std::optional(blob.append(variable.initial))
                                 : std::nullopt);
}

namespace {
/// A constant array that grows, entry by entry, before its global exists.
template <typename T> class Table {
public:
  /// Adds `values` unless they are there, and returns where they start.
  uint64_t add(ArrayRef<T> values) {
    StringRef key(reinterpret_cast<const char *>(values.data()),
                  values.size() * sizeof(T));
    auto [entry, isNew] = starts.try_emplace(key, contents.size());
    if (isNew)
      contents.insert(contents.end(), values.begin(), values.end());
    return entry->second;
  }
  ArrayRef<T> getContents() const { return contents; }

private:
  StringMap<uint64_t> starts;
  std::vector<T> contents;
};

/// Builds the descriptor of one model into one module.
class DescriptorBuilder {
public:
  DescriptorBuilder(Module &module, const ModelDescription &model,
                    const ModelData &data, const DescriptorOptions &options)
      : module(module), model(model), data(data), options(options),
        context(module.getContext()), int32(Type::getInt32Ty(context)),
        int64(Type::getInt64Ty(context)), pointer(PointerType::get(context, 0)),
        tensorType(StructType::get(pointer, int32, int32, pointer)),
        variableType(
            StructType::get(pointer, int32, int32, pointer, int64, pointer)),
        functionType(StructType::get(pointer, int32, int32, pointer, pointer,
                                     pointer, int64, int32, int32)) {}

  void build();

private:
  void fillTables();
  GlobalVariable *addGlobal(Constant *value, StringRef name);
  Constant *getString(StringRef text);
  Constant *getShape(mlir::RankedTensorType type);
  Constant *getNumber32(uint64_t value) {
    return ConstantInt::get(int32, value);
  }
  Constant *getNumber64(uint64_t value) {
    return ConstantInt::get(int64, value);
  }
  Constant *getData(uint64_t offset);
  Constant *addArray(StructType *type, ArrayRef<Constant *> elements,
                     const Twine &name);
  Constant *addTensors(ArrayRef<TensorDescription> tensors, const Twine &name);
  Constant *buildFunction(const FunctionDescription &function);
  Constant *addVariables();
  Constant *addFunctions();
  void addDataPlaceholder();

  Module &module;
  const ModelDescription &model;
  const ModelData &data;
  const DescriptorOptions &options;

  LLVMContext &context;
  Type *int32, *int64;
  PointerType *pointer;
  StructType *tensorType, *variableType, *functionType;

  Table<char> strings;
  Table<uint64_t> shapes;
  GlobalVariable *stringsGlobal = nullptr;
  GlobalVariable *shapesGlobal = nullptr;
  GlobalVariable *dataGlobal = nullptr;
};
} // namespace

/// Returns `text` with the zero byte at its end that C needs.
static ArrayRef<char> withZero(const std::string &text) {
  return {text.c_str(), text.size() + 1};
}

/// Returns the shape as the runtime writes it: -1 where it is open.
static SmallVector<uint64_t> getRuntimeShape(mlir::RankedTensorType type) {
  SmallVector<uint64_t> shape;
  for (int64_t size : type.getShape())
    shape.push_back(mlir::ShapedType::isDynamic(size) ? -1 : size);
  return shape;
}

GlobalVariable *DescriptorBuilder::addGlobal(Constant *value, StringRef name) {
  auto *global = new GlobalVariable(
      module, value->getType(), /*isConstant=*/true,
      GlobalValue::InternalLinkage, value, options.id + "." + name.str());
  // The sanitizer would move its red zones in between what belongs together.
  GlobalValue::SanitizerMetadata metadata;
  metadata.NoAddress = true;
  global->setSanitizerMetadata(metadata);
  return global;
}

void DescriptorBuilder::fillTables() {
  auto addTensor = [&](const TensorDescription &tensor) {
    strings.add(withZero(tensor.name));
    shapes.add(getRuntimeShape(tensor.type));
  };
  auto addFunction = [&](const FunctionDescription &function) {
    strings.add(withZero(function.name));
    for_each(function.inputs, addTensor);
    for_each(function.outputs, addTensor);
  };
  strings.add(withZero(model.name));
  strings.add(withZero(options.cpuFeatures));
  strings.add(withZero(compilerName.str()));
  for_each(model.functions, addFunction);
  if (model.initializer)
    addFunction(*model.initializer);
  for (const VariableDescription &variable : model.variables) {
    strings.add(withZero(variable.name));
    shapes.add(getRuntimeShape(variable.type));
  }
  stringsGlobal = addGlobal(
      ConstantDataArray::get(context, strings.getContents()), "strings");
  if (!shapes.getContents().empty())
    shapesGlobal = addGlobal(
        ConstantDataArray::get(context, shapes.getContents()), "shapes");
}

/// Returns the address `offset` bytes after the start of `global`.
static Constant *getAddress(GlobalVariable *global, uint64_t offset) {
  LLVMContext &context = global->getContext();
  if (offset == 0)
    return global;
  return ConstantExpr::getGetElementPtr(
      Type::getInt8Ty(context), global,
      ConstantInt::get(Type::getInt64Ty(context), offset));
}

Constant *DescriptorBuilder::getString(StringRef text) {
  return getAddress(stringsGlobal, strings.add(withZero(text.str())));
}

Constant *DescriptorBuilder::getShape(mlir::RankedTensorType type) {
  if (type.getRank() == 0)
    return ConstantPointerNull::get(pointer);
  return getAddress(shapesGlobal,
                    shapes.add(getRuntimeShape(type)) * sizeof(uint64_t));
}

Constant *DescriptorBuilder::getData(uint64_t offset) {
  return getAddress(dataGlobal, offset);
}

Constant *DescriptorBuilder::addArray(StructType *type,
                                      ArrayRef<Constant *> elements,
                                      const Twine &name) {
  if (elements.empty())
    return ConstantPointerNull::get(pointer);
  return addGlobal(
      ConstantArray::get(ArrayType::get(type, elements.size()), elements),
      name.str());
}

Constant *DescriptorBuilder::addTensors(ArrayRef<TensorDescription> tensors,
                                        const Twine &name) {
  SmallVector<Constant *> elements;
  for (const TensorDescription &tensor : tensors) {
    mlir::RankedTensorType type = tensor.type;
    elements.push_back(ConstantStruct::get(
        tensorType, getString(tensor.name),
        getNumber32(*getRuntimeDtype(type.getElementType())),
        getNumber32(type.getRank()), getShape(type)));
  }
  return addArray(tensorType, elements, name);
}

Constant *
DescriptorBuilder::buildFunction(const FunctionDescription &function) {
  Function *entry = module.getFunction(options.id + "." + function.symbol);
  assert(entry && "localizeDefinitions has named what the description names");
  return ConstantStruct::get(
      functionType, getString(function.name),
      getNumber32(function.inputs.size()), getNumber32(function.outputs.size()),
      addTensors(function.inputs, function.name + ".inputs"),
      addTensors(function.outputs, function.name + ".outputs"), entry,
      getNumber64(function.arenaBytes), getNumber32(function.scratchCount),
      getNumber32(0));
}

Constant *DescriptorBuilder::addVariables() {
  std::vector<Constant *> elements;
  for (auto [variable, initial] :
       zip_equal(model.variables, data.initialOffsets)) {
    mlir::RankedTensorType type = variable.type;
    elements.push_back(ConstantStruct::get(
        variableType, getString(variable.name),
        getNumber32(*getRuntimeDtype(type.getElementType())),
        getNumber32(type.getRank()), getShape(type),
        getNumber64(getStoredBytes(type)),
        initial ? getData(*initial) : ConstantPointerNull::get(pointer)));
  }
  return addArray(variableType, elements, "variables");
}

Constant *DescriptorBuilder::addFunctions() {
  std::vector<Constant *> elements;
  for (const FunctionDescription &function : model.functions)
    elements.push_back(buildFunction(function));
  return addArray(functionType, elements, "functions");
}

void DescriptorBuilder::addDataPlaceholder() {
  if (data.blob.getSize() == 0)
    return;
  dataGlobal = addGlobal(ConstantInt::get(Type::getInt8Ty(context), 0), "data");
  dataGlobal->setSection(dataSectionName);
  dataGlobal->setAlignment(Align(DataBlob::alignment));
}

void DescriptorBuilder::build() {
  fillTables();
  addDataPlaceholder();
  Constant *initializer = ConstantPointerNull::get(pointer);
  if (model.initializer)
    initializer = addGlobal(buildFunction(*model.initializer), "initializer");
  Constant *descriptor = ConstantStruct::getAnon(
      {getNumber32(GCRT_ABI_VERSION), getNumber32(sizeof(gcrt_model)),
       getString(model.name), getNumber32(model.functions.size()),
       getNumber32(model.variables.size()), addFunctions(), addVariables(),
       initializer,
       data.weightsBytes ? getData(0) : ConstantPointerNull::get(pointer),
       getNumber64(data.weightsBytes), getString(options.cpuFeatures),
       getString(compilerName), getNumber64(/*flags=*/0)});
  GlobalVariable *exported = addGlobal(descriptor, "model");
  exported->setName(options.id + "_model");
  exported->setLinkage(GlobalValue::ExternalLinkage);
  if (!options.isExecutable)
    return;
  GlobalVariable *mainModel = addGlobal(exported, "main");
  mainModel->setName("gcrt_main_model");
  mainModel->setLinkage(GlobalValue::ExternalLinkage);
}

void graph_compile::addDescriptor(Module &module, const ModelDescription &model,
                                  const ModelData &data,
                                  const DescriptorOptions &options) {
  DescriptorBuilder(module, model, data, options).build();
}
