# XOR's region as the network learns: lines of equal probability, 0.5 the thick one, and the four examples.
set terminal svg size 900,250 font "sans-serif,13" background "white"
set output "xor.svg"
set multiplot layout 1,4
unset key
unset colorbox
set size square
set xrange [-0.5:1.5]
set yrange [-0.5:1.5]
set xtics 0,1 nomirror scale 0.5
set ytics 0,1 nomirror scale 0.5
set border 3 lc rgb "#888888"
set palette defined (0 "#2166ac", 0.5 "#999999", 1 "#b2182b")
set cbrange [0:1]
# The lines are found first, and drawn as lines of the plane.
do for [epoch in "1 10 30 500"] {
  set contour base
  unset surface
  set cntrparam levels discrete 0.1, 0.3, 0.5, 0.7, 0.9
  set table "lines_".epoch.".txt"
  splot "epoch_".epoch.".txt" using 1:2:3
  unset table
}
unset contour
$zeros << EOD
0 0
1 1
EOD
$ones << EOD
0 1
1 0
EOD
do for [epoch in "1 10 30 500"] {
  set title (epoch eq "1") ? "after 1 epoch" : "after ".epoch." epochs" offset 0,-0.5
  plot "lines_".epoch.".txt" using 1:2:3 with lines lw 1.2 lc palette, \
       "lines_".epoch.".txt" using 1:(abs($3 - 0.5) < 0.01 ? $2 : NaN) with lines lw 3 lc rgb "#222222", \
       $zeros with points pt 7 ps 1.1 lc rgb "#2166ac", $ones with points pt 7 ps 1.1 lc rgb "#b2182b"
}
unset multiplot
