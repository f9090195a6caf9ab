# Builds everything with the sanitizers of GRAPH_COMPILE_SANITIZER.
if(GRAPH_COMPILE_SANITIZER)
  add_compile_options(-fsanitize=${GRAPH_COMPILE_SANITIZER} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GRAPH_COMPILE_SANITIZER})
  # LLVM's headers are built without run-time type information of every class.
  if(GRAPH_COMPILE_SANITIZER MATCHES "undefined")
    add_compile_options(-fno-sanitize=vptr,function)
  endif()
endif()
