// Figures as SVG and PNG files, drawn by gnuplot, which runs as a child process. A light header, for everybody.
#pragma once

#include <cinta/framework/report/figure.hpp>

#include <filesystem>

namespace cinta {

/// `no_gnuplot`: the program is not installed, and nothing was written.
enum class Plotted { written, no_gnuplot };

/// The size and order of panels.
struct PlotOptions {
  int width = 640;   ///< of a panel, in pixels
  int height = 460;  ///< of a panel, in pixels
  int columns = 0;   ///< panels side by side; 0: at most 3, as even as can be
};

/// Writes `path`.svg and `path`.png, with one panel for each figure.
///
/// gnuplot reads its script from its standard input and writes the picture to its standard output, so neither a shell
/// nor the path's name comes near it; the files are replaced whole. Throws `ValueError` for a figure that `check`
/// refuses or no figure at all, `FileError` when a file can't be written, and `Error` with gnuplot's own words when it
/// fails.
Plotted plot(const std::vector<Figure>& panels, const std::filesystem::path& path, const PlotOptions& options = {},
             Where where = Where::here());

/// What gnuplot is told. `terminal` is "svg" or "pngcairo".
std::string gnuplot_script(const std::vector<Figure>& panels, const char* terminal, const PlotOptions& options = {},
                           Where where = Where::here());

}  // namespace cinta
