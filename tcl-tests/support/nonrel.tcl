# nonrel.tcl -- what every suite sources first: source tests/nonrel/nonrel.tcl
#
# Paths: $::nonrel_so, the module; $::nonrel_cli, the command-line program; $::nonrel_root, the checkout.

set ::nonrel_so $::env(NONREL_SO)
set ::nonrel_cli $::env(NONREL_CLI)
set ::nonrel_root $::env(NONREL_ROOT)
set ::nonrel_store [expr {[info exists ::env(STORE)] ? $::env(STORE) : "native"}]; # where models have their indexes that do not say

# start_server of the harness with the module loaded. Takes its options, and `module`: arguments of the module.
#
#     start_nonrel {overrides {appendonly yes} module {AUTOLOAD /some/directory}} { ... }
proc start_nonrel {options code} {
    set module {}
    if {[dict exists $options module]} {
        set module [dict get $options module]
        dict unset options module
    }
    dict set options overrides loadmodule [string trimright "$::nonrel_so $module"]
    if {$::nonrel_store ne "native"} {dict set options overrides nonrel.store $::nonrel_store}
    uplevel 1 [list start_server $options $code]
}

# A test of what is in the index keys, which only the native store has.
proc test_native {name code} {
    if {$::nonrel_store eq "native"} {uplevel 1 [list test $name $code]}
}

# Makes the server behind this client a copy of the one that was started around it, and waits until it is online.
proc become_copy {copy} {
    $copy replicaof [srv -1 host] [srv -1 port]
    wait_for_sync $copy
    wait_replica_online [srv -1 client]
}
