puts "before"
exit 3
