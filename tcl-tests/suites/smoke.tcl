# smoke.tcl -- the module loads, says so, and the server lives on.
source tests/nonrel/nonrel.tcl

start_nonrel {} {
    test {MODULE LIST names the module} {
        set names {}
        foreach module [r module list] { lappend names [dict get $module name] }
        assert_equal {nonrel} $names
    }

    test {a second load of the module is refused} {
        assert_error {*} {r module load $::nonrel_so}
        assert_equal {PONG} [r ping]
    }

    test {the server comes up again with the module} {
        restart_server 0 true false
        assert_equal 1 [llength [r module list]]
    }
}
