# cmake --install: headers under include/cinta with the tree's own paths, the library, and packages for CMake and pkg-config.
include(CMakePackageConfigHelpers)

install(TARGETS cinta EXPORT cintaTargets)
if(TARGET cinta_program)
  install(TARGETS cinta_program)
  install(DIRECTORY datasets DESTINATION ${CMAKE_INSTALL_DATADIR}/cinta)
endif()
foreach(folder framework ops models)
  install(DIRECTORY ${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cinta FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(FILES cinta.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cinta)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/cinta)
install(EXPORT cintaTargets NAMESPACE cinta:: DESTINATION ${package})
configure_package_config_file(cmake/cintaConfig.cmake.in ${PROJECT_BINARY_DIR}/cintaConfig.cmake INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cintaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cintaConfig.cmake ${PROJECT_BINARY_DIR}/cintaConfigVersion.cmake DESTINATION ${package})

# Found from the file's own place, so that an installed tree can be moved.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(pc_flags "-std=c++20 -ffp-contract=off")
if(CINTA_ARCH)
  string(APPEND pc_flags " -march=${CINTA_ARCH}")
endif()
configure_file(cmake/cinta.pc.in ${PROJECT_BINARY_DIR}/cinta.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/cinta.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
