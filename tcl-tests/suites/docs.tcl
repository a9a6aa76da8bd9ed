# docs.tcl -- the reference says what the server has: commands, settings and INFO fields; the sessions of the other pages run as they are printed.
# (That the reference is fresh is `make docs-check`.)
source tests/nonrel/nonrel.tcl

proc read_doc {name} {
    set file [open $::nonrel_root/docs/$name]
    fconfigure $file -encoding utf-8
    set text [read $file]
    close $file
    return $text
}

# Names of the commands and subcommands of the module.
proc delivered_commands {} {
    set names {}
    foreach name [r command list filterby module nonrel] {
        if {[llength [r command info $name]] == 0} continue
        set doc [dict get [r command docs $name] $name]
        if {[dict exists $doc subcommands]} {
            dict for {sub subdoc} [dict get $doc subcommands] {
                lappend names $sub
            }
        } else {
            lappend names $name
        }
    }
    return [lsort -unique $names]
}

start_nonrel {} {
    test {the reference has a section for each command of the server, and no other} {
        set documented {}
        foreach {line name} [regexp -all -inline -line {^### (NONREL\..*)$} [read_doc reference.md]] {
            lappend documented [string map {{ } |} [string tolower $name]]
        }
        assert_equal [delivered_commands] [lsort $documented]
    }

    test_native {the reference has each setting of the server with its default, and no other} {
        set have {}
        foreach {name value} [r config get nonrel.*] { lappend have "$name $value" }
        set documented {}
        foreach {line name value} [regexp -all -inline -line {^\| `(nonrel\.[a-z-]+)` \| (\w+)} [read_doc reference.md]] {
            lappend documented "$name $value"
        }
        assert_equal [lsort $have] [lsort $documented]
    }

    test {the reference has each field of INFO nonrel, and no other} {
        r nonrel.model set a.Model {{"fields": {"n": {"type": "int"}}}}
        set have {}
        foreach line [split [r info nonrel] \n] {
            if {![regexp {^(nonrel_[^=]+?):([^:=]*)(=.*)?$} [string trim $line] -> name value more]} continue
            if {$more ne {}} { set name nonrel_db0_<model> }
            lappend have $name
        }
        set documented {}
        foreach {line name} [regexp -all -inline -line {^\| `(nonrel_[^`]+)`} [read_doc reference.md]] { lappend documented $name }
        assert_equal [lsort $have] [lsort $documented]
    }

    test {the figures of a model in INFO are those that the reference names} {
        regexp -line {nonrel_db0_<model>` \| .*: (.*) \|$} [read_doc reference.md] -> names
        set have {}
        regexp -line {^nonrel_db\d+_a\.Model:(.*)$} [r info nonrel] -> figures
        foreach {pair field} [regexp -all -inline {([a-z_]+)=\d} $figures] { lappend have $field }
        assert_equal $have [split [string map {{, } ,} $names] ,]
    }

    foreach page {README.md docs/guide.md} {
        test_native "the sessions of $page run as they are printed" {
            r flushall
            set file [open $::nonrel_root/$page]
            fconfigure $file -encoding utf-8
            set printed [string trimright [read $file] \n]
            close $file
            set run [exec -- $::nonrel_root/tools/sessions.sh [srv 0 port] $::nonrel_root/$page]
            foreach is [split $run \n] should [split $printed \n] { assert_equal $should $is }
        }
    }
}
