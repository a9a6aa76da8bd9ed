# profile.tcl -- NONREL.PROFILE: the plan of a read with what was done, in place of its answer.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# The lines without their figures, and the rows of the first.
# What EXPLAIN says that is done; not the passes that made it so.
proc steps {args} { return [lsearch -all -inline -not [r nonrel.explain {*}$args] {Passes *}] }
proc tree {lines} { return [lmap line [lrange $lines 0 end-1] { regsub { \| .*} $line {} }] }
proc given {lines} {
    assert {[regexp { \| rows=(\d+) } [lindex $lines 0] - rows]}
    return $rows
}

start_nonrel {overrides {save {}}} {
    model p.A [string trim {{"fields": {"n": {"type": "int", "index": true}, "t": {"type": "char", "null": true}}}}]
    for {set i 0} {$i < 2000} {incr i} { r nonrel.save p.A n [expr {$i % 50}] t [expr {$i % 2 ? "odd" : "even"}] }

    test {PROFILE replies the tree of EXPLAIN, and each line what was done} {
        foreach command {
            {query p.A FILTER n 7}
            {query p.A FILTER n__lt 20 t odd ORDER -n t LIMIT 5 10}
            {query p.A FILTER t odd ORDER t}
            {query p.A FIELDS t DISTINCT}
            {query p.A PAGE 10}
            {aggregate p.A GROUPBY t COUNT * SUM n}
            {exists p.A FILTER t even}
            {count p.A FILTER t even}
        } {
            set lines [r nonrel.profile {*}$command]
            assert_equal [steps {*}$command] [tree $lines] $command
            foreach line [lrange $lines 0 end-1] { assert {[regexp { \| rows=\d+ batches=\d+ steps=\d+ time=\d+us$} $line]} }
            assert_match {Total time=*us} [lindex $lines end]
        }
        assert_equal 40 [given [r nonrel.profile query p.A FILTER n 7]]
        assert_equal 1000 [given [r nonrel.profile count p.A FILTER t even]]
        assert_equal 2 [given [r nonrel.profile query p.A FIELDS t DISTINCT]]
    }

    test {EXPLAIN ends with the passes that made the plan, but for those that are off} {
        assert_equal {Passes index} [lindex [r nonrel.explain query p.A FILTER n 7] end]
        assert_equal {Passes index, count} [lindex [r nonrel.explain count p.A FILTER n 7] end]
        r config set nonrel.passes-off index
        assert_no_match {Passes*index*} [lindex [r nonrel.explain query p.A FILTER n 7] end]
        r config set nonrel.passes-off none
        assert_equal {{Get by primary key rows<=1}} [r nonrel.explain get p.A 7]
    }

    test {what no operator does has lines of its own} {
        assert_equal [steps count p.A FILTER n 7] [lrange [r nonrel.profile count p.A FILTER n 7] 0 end-1]
        assert_equal {Get by primary key rows=1} [lindex [r nonrel.profile get p.A 7] 0]
        assert_equal {Get by primary key rows=2} [lindex [r nonrel.profile mget p.A 7 8 9999] 0]
    }

    test {what is no read is refused, and nothing is done} {
        foreach command {{delete p.A ALL} {delete p.A PK 1} {update p.A ALL SET n 1} {save p.A n 1} {model drop p.A ENTITIES} {profile query p.A} {explain query p.A} {{} p.A}} {
            refused {SYNTAX PROFILE runs reads only*} nonrel.profile {*}$command
        }
        refused {NOMODEL *} nonrel.profile query p.B
        refused {NOFIELD *} nonrel.profile query p.A FILTER x 1
        refused {SYNTAX *} nonrel.profile query p.A NOSUCH
        refused {* wrong number of arguments*} nonrel.profile query
        refused {* wrong number of arguments*} nonrel.profile get p.A
        refused {LIMIT *} nonrel.profile query p.A MAXSCAN 10 FILTER t odd
    }

    test {passes of the planner can be switched off, and no answer changes} {
        assert_equal {nonrel.passes-off none} [r config get nonrel.passes-off]
        set plan [r nonrel.explain count p.A FILTER n 7]
        set count [r nonrel.count p.A FILTER n 7]
        r config set nonrel.passes-off {index count}
        assert_equal {nonrel.passes-off {index count}} [r config get nonrel.passes-off]
        assert_match {Select n__exact*} [lindex [r nonrel.explain count p.A FILTER n 7] 0]
        assert_equal $count [r nonrel.count p.A FILTER n 7]
        catch { r config set nonrel.passes-off {index nosuch} } reply
        assert_match {*must be one*} $reply
        assert_equal {nonrel.passes-off {index count}} [r config get nonrel.passes-off]
        r config set nonrel.passes-off none
        assert_equal $plan [r nonrel.explain count p.A FILTER n 7]
    }

    test {the model is the key: patterns of users hold, transactions and scripts take it} {
        r acl setuser reader on >pw ~p.A +@all
        r acl setuser other on >pw ~q.* +@all
        assert_equal p.A [r command getkeys nonrel.profile query p.A]
        assert_equal OK [r acl dryrun reader nonrel.profile query p.A]
        assert_match {*no permissions to access*key*} [r acl dryrun other nonrel.profile query p.A]
        r multi
        r nonrel.profile count p.A
        assert_match {Total*} [lindex [r exec] 0 end]
        assert_match {Total*} [lindex [r eval_ro {return redis.call('nonrel.profile', 'query', 'p.A', 'LIMIT', '0', '1')} 0] end]
    }
}
