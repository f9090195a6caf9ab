//===- Header.cpp - the C and C++ header of an object --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Header.h"

#include "HeaderSupport.h"
#include "gcrt/model.h"
#include "graph-compile/Emit/CNames.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace graph_compile;

namespace {
/// How an element type is called.
struct ElementName {
  StringRef c;       ///< in C; half floats are their bits
  StringRef cxx;     ///< in C++
  StringRef dtype;   ///< the runtime's constant
  StringRef comment; ///< to the reader
};

/// One input or output with its names.
struct Tensor {
  const TensorDescription *description = nullptr;
  ElementName element;
  std::string name;
  /// For each dimension the parameter that gives it, empty where it is static.
  SmallVector<std::string> dims;
  /// The array of all dimensions inside the function.
  std::string dimsName;

  int64_t getRank() const { return description->type.getRank(); }
  bool isStatic() const { return description->type.hasStaticShape(); }
};

/// One function with its names.
struct Function {
  const FunctionDescription *description;
  size_t index;
  std::string cName;       ///< without the model's prefix
  std::string cxxName;     ///< the method
  std::string resultsName; ///< the struct of the method's outputs
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

class HeaderWriter {
public:
  HeaderWriter(raw_ostream &os, const ModelDescription &model, StringRef id);
  void write();

private:
  void writeCFunction(const Function &function);
  void writeCBody(const Function &function);
  void writeCxxClass();
  void writeResults(const Function &function);
  void writeMethod(const Function &function);
  void writeMethodChecks(const Function &function);
  void writeMethodBody(const Function &function);

  raw_ostream &os;
  const ModelDescription &model;
  StringRef id;
  std::vector<Function> functions;
};
} // namespace

static ElementName getElementName(mlir::Type type) {
  switch (*getRuntimeDtype(type)) {
  case GCRT_F64:
    return {"double", "double", "GCRT_F64", "float64"};
  case GCRT_F32:
    return {"float", "float", "GCRT_F32", "float32"};
  case GCRT_F16:
    return {"uint16_t", "gcrt::float16", "GCRT_F16", "float16"};
  case GCRT_BF16:
    return {"uint16_t", "gcrt::bfloat16", "GCRT_BF16", "bfloat16"};
  case GCRT_I64:
    return {"int64_t", "int64_t", "GCRT_I64", "int64"};
  case GCRT_I32:
    return {"int32_t", "int32_t", "GCRT_I32", "int32"};
  case GCRT_I16:
    return {"int16_t", "int16_t", "GCRT_I16", "int16"};
  case GCRT_I8:
    return {"int8_t", "int8_t", "GCRT_I8", "int8"};
  case GCRT_U64:
    return {"uint64_t", "uint64_t", "GCRT_U64", "uint64"};
  case GCRT_U32:
    return {"uint32_t", "uint32_t", "GCRT_U32", "uint32"};
  case GCRT_U16:
    return {"uint16_t", "uint16_t", "GCRT_U16", "uint16"};
  case GCRT_U8:
    return {"uint8_t", "uint8_t", "GCRT_U8", "uint8"};
  case GCRT_BOOL:
    return {"bool", "bool", "GCRT_BOOL", "bool"};
  }
  llvm_unreachable("the description has types of the runtime only");
}

/// Returns `name`, the model's own, so that it can stand inside a comment.
static std::string quoteForComment(StringRef name) {
  std::string text;
  raw_string_ostream os(text);
  os.write_escaped(name);
  for (size_t end = 0; (end = text.find("*/", end)) != std::string::npos;)
    text.insert(end + 1, " ");
  return "\"" + text + "\"";
}

/// Writes `float32[n, 8]`; an open dimension is the name of its parameter, or
/// `?` for an output.
static void writeType(raw_ostream &os, const Tensor &tensor) {
  os << tensor.element.comment << '[';
  interleaveComma(seq<int64_t>(0, tensor.getRank()), os, [&](int64_t dim) {
    if (!tensor.description->type.isDynamicDim(dim))
      os << tensor.description->type.getDimSize(dim);
    else
      os << (tensor.dims.empty() ? "?" : tensor.dims[dim]);
  });
  os << ']';
}

/// Names the inputs of a function, and their open dimensions, and its outputs.
static void nameTensors(Function &function) {
  // What the bodies of the functions say themselves.
  CNameScope parameters({"instance", "results", "request", "receive", "done",
                         "refuse", "refuseEmpty", "gcrt", "inputs_", "results_",
                         "status_"});
  for (const TensorDescription &input : function.description->inputs) {
    Tensor tensor;
    tensor.description = &input;
    tensor.element = getElementName(input.type.getElementType());
    tensor.name = parameters.add(input.name);
    for (int64_t dim : seq<int64_t>(0, input.type.getRank()))
      tensor.dims.push_back(
          input.type.isDynamicDim(dim)
              ? parameters.add(tensor.name + "_dim" + std::to_string(dim))
              : std::string());
    tensor.dimsName = parameters.add(tensor.name + "_dims_");
    function.inputs.push_back(std::move(tensor));
  }
  // An output is a parameter in C and a member in C++, by the same name.
  for (const TensorDescription &output : function.description->outputs) {
    Tensor tensor;
    tensor.description = &output;
    tensor.element = getElementName(output.type.getElementType());
    tensor.name = parameters.add(output.name);
    function.outputs.push_back(std::move(tensor));
  }
}

HeaderWriter::HeaderWriter(raw_ostream &os, const ModelDescription &model,
                           StringRef id)
    : os(os), model(model), id(id) {
  CNameScope cNames({"create", "model"});
  CNameScope cxxNames({"Model", "create", "get", "set", "save", "load",
                       "lastError", "instance", "done", "refuse", "refuseEmpty",
                       "count", "request", "receive"});
  for (auto [index, description] : enumerate(model.functions)) {
    Function function{&description,
                      index,
                      cNames.add(description.name),
                      cxxNames.add(description.name),
                      "",
                      {},
                      {}};
    function.resultsName = cxxNames.add(function.cxxName + "_results");
    nameTensors(function);
    functions.push_back(std::move(function));
  }
}

/// Writes the comment before a function: what it takes and gives. `indent` is
/// what stands before every line.
static void writeComment(raw_ostream &os, StringRef indent,
                         const Function &function) {
  os << indent << "/* Runs the function "
     << quoteForComment(function.description->name) << ".\n";
  auto describe = [&](const Tensor &tensor, StringRef kind) {
    os << indent << " *   " << tensor.name << ": " << kind << ' '
       << quoteForComment(tensor.description->name) << ", ";
    writeType(os, tensor);
    os << '\n';
  };
  for (const Tensor &input : function.inputs)
    describe(input, "input");
  for (const Tensor &output : function.outputs)
    describe(output, "output");
  os << indent << " */\n";
}

/// Writes the array of an input's dimensions; open ones are parameters.
static void writeDims(raw_ostream &os, const Tensor &input) {
  os << "const int64_t " << input.dimsName << "[] = {";
  interleaveComma(seq<int64_t>(0, input.getRank()), os, [&](int64_t dim) {
    if (input.dims[dim].empty())
      os << input.description->type.getDimSize(dim);
    else
      os << input.dims[dim];
  });
  os << "};\n";
}

/// Writes the array of views that gcrt_call takes; `writePlace` writes where
/// the data and the dimensions of an input are.
static void writeInputs(raw_ostream &os, StringRef indent,
                        const Function &function,
                        function_ref<void(const Tensor &)> writePlace) {
  if (function.inputs.empty())
    return;
  os << indent << "const gcrt_tensor inputs_[] = {";
  interleave(
      function.inputs, os,
      [&](const Tensor &input) {
        os << '\n' << indent << "    {";
        writePlace(input);
        os << ", " << input.element.dtype << ", " << input.getRank() << '}';
      },
      ",");
  os << "};\n";
}

/// Writes the call of the runtime. `null` is how the language says NULL.
static void writeCall(raw_ostream &os, StringRef indent,
                      const Function &function, StringRef instance,
                      StringRef null) {
  os << indent << "gcrt_status status_ = gcrt_call(" << instance << ", "
     << function.index << ", " << (function.inputs.empty() ? null : "inputs_")
     << ", " << function.inputs.size() << ", "
     << (function.outputs.empty() ? null : "results_") << ", "
     << function.outputs.size() << ");\n";
}

void HeaderWriter::writeCFunction(const Function &function) {
  os << '\n';
  writeComment(os, "", function);
  os << "static inline gcrt_status " << id << '_' << function.cName
     << "(gcrt_instance *instance";
  for (const Tensor &input : function.inputs) {
    os << ",\n    const " << input.element.c << " *" << input.name;
    for (const std::string &dim : input.dims)
      if (!dim.empty())
        os << ", int64_t " << dim;
  }
  for (const Tensor &output : function.outputs)
    os << ",\n    gcrt_result *" << output.name;
  os << ") {\n";
  writeCBody(function);
  os << "  return status_;\n}\n";
}

void HeaderWriter::writeCBody(const Function &function) {
  for (const Tensor &input : function.inputs)
    if (input.getRank() > 0)
      writeDims(os << "  ", input);
  writeInputs(os, "  ", function, [&](const Tensor &input) {
    os << input.name << ", " << (input.getRank() ? input.dimsName : "NULL");
  });
  if (!function.outputs.empty())
    os << "  gcrt_result results_[" << function.outputs.size() << "];\n"
       << "  memset(results_, 0, sizeof(results_));\n";
  for (auto [index, output] : enumerate(function.outputs))
    os << "  if (" << output.name << ")\n    results_[" << index << "] = *"
       << output.name << ";\n";
  writeCall(os, "  ", function, "instance", "NULL");
  for (auto [index, output] : enumerate(function.outputs))
    os << "  if (" << output.name << ")\n    *" << output.name << " = results_["
       << index << "];\n";
}

void HeaderWriter::writeResults(const Function &function) {
  if (function.outputs.empty())
    return;
  os << "  /* The outputs of " << function.cxxName << "(). */\n  struct "
     << function.resultsName << " {\n";
  for (const Tensor &output : function.outputs) {
    os << "    gcrt::Output<" << output.element.cxx << ", " << output.getRank()
       << "> " << output.name << "; /* ";
    writeType(os, output);
    os << " */\n";
  }
  os << "  };\n\n";
}

void HeaderWriter::writeMethod(const Function &function) {
  writeResults(function);
  writeComment(os, "  ", function);
  os << "  gcrt_status " << function.cxxName << '(';
  ListSeparator separator;
  for (const Tensor &input : function.inputs) {
    os << separator;
    if (input.getRank() == 0)
      os << input.element.cxx << ' ';
    else if (input.isStatic())
      os << "gcrt::Span<const " << input.element.cxx << "> ";
    else
      os << "gcrt::View<const " << input.element.cxx << ", " << input.getRank()
         << "> ";
    os << input.name;
  }
  if (!function.outputs.empty())
    os << separator << function.resultsName << " &results";
  os << ") {\n";
  writeMethodChecks(function);
  writeMethodBody(function);
  os << "    return done(status_);\n  }\n";
}

/// Writes the checks of what the runtime cannot see: it is given no sizes.
void HeaderWriter::writeMethodChecks(const Function &function) {
  os << "    if (!instance())\n      return refuseEmpty();\n";
  for (const Tensor &input : function.inputs) {
    if (input.getRank() == 0)
      continue;
    if (input.isStatic())
      os << "    if (" << input.name
         << ".size() != " << input.description->type.getNumElements() << ")\n";
    else
      os << "    if (!" << input.name << ".isWhole())\n";
    os << "      return refuse(\"input \\\"";
    os.write_escaped(input.description->name);
    os << "\\\" has another number of elements than its shape\");\n";
  }
}

void HeaderWriter::writeMethodBody(const Function &function) {
  for (const Tensor &input : function.inputs)
    if (input.getRank() > 0 && input.isStatic())
      writeDims(os << "    ", input);
  writeInputs(os, "    ", function, [&](const Tensor &input) {
    if (input.getRank() == 0)
      os << '&' << input.name << ", nullptr";
    else if (input.isStatic())
      os << input.name << ".data(), " << input.dimsName;
    else
      os << input.name << ".data(), " << input.name << ".dims().data()";
  });
  if (!function.outputs.empty()) {
    os << "    gcrt_result results_[] = {";
    interleaveComma(function.outputs, os, [&](const Tensor &output) {
      os << "request(results." << output.name << ')';
    });
    os << "};\n";
  }
  writeCall(os, "    ", function, "instance()", "nullptr");
  for (auto [index, output] : enumerate(function.outputs))
    os << "    receive(status_, results_[" << index << "], results."
       << output.name << ");\n";
}

void HeaderWriter::writeCxxClass() {
  os << "#ifdef __cplusplus\n\n"
     << getHeaderSupport() << "\nnamespace " << id << " {\n\n"
     << "/* An instance of the model " << quoteForComment(model.name)
     << "; see gcrt::Instance for create(), get(),\n * set(), save(), load() "
        "and lastError(). */\n"
     << "class Model : public gcrt::Instance {\npublic:\n"
     << "  Model() : gcrt::Instance(" << id << "_model) {}\n";
  for (const Function &function : functions) {
    os << '\n';
    writeMethod(function);
  }
  os << "};\n\n} /* namespace " << id << " */\n\n#endif /* __cplusplus */\n";
}

void HeaderWriter::write() {
  std::string guard = id.upper() + "_MODEL_H";
  os << "/* The model " << quoteForComment(model.name)
     << ", compiled by graph-compile " GRAPH_COMPILE_VERSION ".\n"
     << " *\n * C: " << id
     << "_create makes an instance, and the functions below run it. An input\n"
     << " * is borrowed and has as many elements as its type says; an output "
        "may be NULL\n"
     << " * where it is not wanted. gcrt/runtime.h has all else: variables, "
        "save, load,\n"
     << " * gcrt_last_error, gcrt_destroy.\n"
     << " * C++: the class " << id << "::Model.\n */\n\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include \"gcrt/runtime.h\"\n\n#include <stdbool.h>\n"
        "#include <string.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "extern const gcrt_model " << id << "_model;\n\n"
     << "/* Makes an instance; `options` may be NULL. */\n"
     << "static inline gcrt_status " << id
     << "_create(const gcrt_options *options,\n"
     << "    gcrt_instance **instance) {\n  return gcrt_create(&" << id
     << "_model, options, instance);\n}\n";
  for (const Function &function : functions)
    writeCFunction(function);
  os << "\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n";
  writeCxxClass();
  os << "\n#endif /* " << guard << " */\n";
}

void graph_compile::writeHeader(raw_ostream &os, const ModelDescription &model,
                                StringRef id) {
  HeaderWriter(os, model, id).write();
}
