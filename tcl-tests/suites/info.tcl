# info.tcl -- settings of the module, and what INFO tells.
source tests/nonrel/nonrel.tcl
source tests/nonrel/living.tcl

# The dictionary behind a model's line of INFO, {} when there is none.
proc model_info {name {db 9}} {
    foreach line [split [r info nonrel] \r\n] {
        if {[string match "nonrel_db$db\[_:]$name:*" $line]} { return [split [string map {= ,} [lindex [split $line :] end]] ,] }
    }
    return {}
}

proc total {name} {
    set value {}
    regexp "nonrel_$name:(\[^\r\n]*)" [r info nonrel] all value
    return $value
}

start_nonrel {overrides {save {}}} {
    test {CONFIG GET shows all settings with their defaults} {
        set settings [r config get nonrel.*]
        foreach {name value} {nonrel.max-scan 10000000 nonrel.max-results 100000 nonrel.max-memory 268435456 nonrel.max-time 5000} {
            assert_equal $value [dict get $settings $name]
        }
    }

    test {CONFIG SET takes effect at once, and back} {
        define_blog r
        fill_blog r 30
        r config set nonrel.max-results 5
        assert_equal {nonrel.max-results 5} [r config get nonrel.max-results]
        assert_error {LIMIT *max-results*} {r nonrel.query blog.Post}
        assert_equal 5 [llength [r nonrel.query blog.Post LIMIT 0 5]]
        assert_error {LIMIT *} {r nonrel.query blog.Post LIMIT 0 6}
        assert_equal 30 [r nonrel.count blog.Post]
        r config set nonrel.max-results 100000
        assert_equal 30 [llength [r nonrel.query blog.Post]]
        r config set nonrel.max-scan 10
        assert_error {LIMIT *max-scan*} {r nonrel.query blog.Post FILTER note x}
        assert_error {LIMIT *max-scan*} {r nonrel.count blog.Post FILTER note x}
        assert_equal 1 [r nonrel.count blog.Post FILTER slug post-3]
        r config set nonrel.max-scan 10000000
        assert_equal 0 [r nonrel.count blog.Post FILTER note x]
    }

    test {CONFIG SET in pairs, sizes in units} {
        r config set nonrel.max-memory 64mb nonrel.max-time 1234
        assert_equal 67108864 [lindex [r config get nonrel.max-memory] 1]
        assert_equal 1234 [lindex [r config get nonrel.max-time] 1]
    }

    test {CONFIG SET refuses what is no number or out of range} {
        foreach setting {max-scan max-results max-memory max-time} {
            foreach bad {{} x -1 0 1.5 9223372036854775808} {
                assert_error {ERR *} {r config set nonrel.$setting $bad} "$setting $bad"
            }
        }
        assert_error {ERR *} {r config set nonrel.no-such 1}
        assert_equal 1234 [lindex [r config get nonrel.max-time] 1]
    }

    test {CONFIG REWRITE keeps settings and the module for the next start} {
        r config set nonrel.max-results 7 nonrel.max-scan 4321
        r config rewrite
        restart_server 0 true false
        assert_equal {nonrel.max-results 7} [r config get nonrel.max-results]
        assert_equal {nonrel.max-scan 4321} [r config get nonrel.max-scan]
        assert_equal 67108864 [lindex [r config get nonrel.max-memory] 1]
        r config set nonrel.max-results 100000 nonrel.max-scan 10000000
        r config rewrite
        restart_server 0 true false
        assert_equal {nonrel.max-results 100000} [r config get nonrel.max-results]
    }

    test {INFO: totals} {
        r flushall
        foreach name {models entities left_out corrupt} { assert_equal 0 [total $name] $name }
        define_blog r
        fill_blog r 12
        assert_equal 4 [total models]
        assert_equal 18 [total entities]
        assert_equal 0 [total left_out]
        assert_equal 0 [total corrupt]
        assert_match {*.*.*} [total version]
    }

    test {INFO: one line a model, of every database} {
        assert_equal 12 [dict get [model_info blog.Post] entities]
        assert_equal 3 [dict get [model_info auth.User] entities]
        assert_equal [llength [r nonrel.index list blog.Post]] [dict get [model_info blog.Post] indexes]
        r select 2
        r nonrel.model set two.Model {{"fields":{"n":{"type":"int"}}}}
        r nonrel.save two.Model n 1
        r select 9
        assert_equal 1 [dict get [model_info two.Model 2] entities]
        assert_equal 5 [total models]
        assert_equal 19 [total entities]
        r nonrel.delete blog.Post PK 1 2
        assert_equal 10 [dict get [model_info blog.Post] entities]
        r select 2
        r flushdb
        r select 9
        assert_equal 4 [total models]
    }

    test {INFO: counters go up} {
        set before [model_info blog.Post]
        r nonrel.save blog.Post title t slug counted
        r nonrel.save blog.Post JSON {[{"title":"t","slug":"counted-1"},{"title":"t","slug":"counted-2"}]}
        r nonrel.delete blog.Post FILTER slug counted
        r nonrel.query blog.Post LIMIT 0 1
        set after [model_info blog.Post]
        assert_equal [expr {[dict get $before saves] + 3}] [dict get $after saves]
        assert_equal [expr {[dict get $before deletes] + 1}] [dict get $after deletes]
        assert_equal [expr {[dict get $before queries] + 1}] [dict get $after queries]
        set calls [total calls]
        set errors [total errors]
        catch {r nonrel.count no.Model}
        assert_equal [expr {$calls + 1}] [total calls]
        assert_equal [expr {$errors + 1}] [total errors]
    }

    test {INFO: how the table was built, and what is to be mended} {
        r hset tb.Model:1 id 1 n 1
        r hset tb.Model:2 id 2 n 2
        r nonrel.model set tb.Model {{"fields":{"n":{"type":"int","index":true}}}}
        r nonrel.count tb.Model FILTER n 1
        r debug reload
        assert_equal 1 [r nonrel.count tb.Model FILTER n 1]
        set info [model_info tb.Model]
        assert_equal 1 [dict get $info table_builds]
        assert_equal 2 [dict get $info table_rows]
        assert {[dict get $info table_msec] >= 0}
        assert_equal 0 [dict get $info repairs]
        r nonrel.model drop tb.Model ENTITIES
    }

    test {INFO: left_out is how many keys are left out, however often they are met} {
        r hset lo.Model:1 id 1 n 1
        r hset lo.Model:2 id 2 n bad
        r set lo.Model:3 text
        r nonrel.model set lo.Model {{"fields":{"n":{"type":"int","index":true}}}}
        assert_equal 2 [dict get [model_info lo.Model] left_out]
        for {set i 0} {$i < 3} {incr i} {
            r nonrel.query lo.Model
            r nonrel.index check lo.Model
            catch {r nonrel.get lo.Model 2}
            catch {r nonrel.save lo.Model pk 3 n 1}
        }
        assert_equal 2 [dict get [model_info lo.Model] left_out]
        assert_equal 2 [total left_out]
        assert_equal 1 [dict get [model_info lo.Model] entities]
    }

    test {INFO: left_out is known after a reload, and goes when the keys go} {
        r debug reload
        assert_equal 2 [total left_out]
        r del lo.Model:2 lo.Model:3
        r debug reload
        assert_equal 0 [total left_out]
    }

    test {the models of this suite go} {
        r nonrel.model drop lo.Model ENTITIES
        assert_equal 4 [total models]
    }

    test {INFO: the section stands in INFO everything and alone} {
        assert_match {*nonrel_version*} [r info everything]
        assert_match {*nonrel_version*} [r info nonrel]
        assert_match {*nonrel_version*} [r info modules]
    }

    test {INFO before the first command after a start} {
        restart_server 0 true false 1 save
        assert_equal 4 [total models]
        assert_equal 4 [llength [r nonrel.model list]]
    }

    test {MODULE LIST tells name and version} {
        set module [lindex [r module list] 0]
        assert_equal nonrel [dict get $module name]
        assert {[dict get $module ver] > 0}
    }

    test {slow log, latency and command statistics know our commands} {
        r config resetstat
        r nonrel.count blog.Post
        r nonrel.model list
        assert_match {*calls=1,*} [cmdrstat nonrel.count r]
        assert_match {*calls=1,*} [cmdrstat {nonrel.model\|list} r]
        catch {r nonrel.count no.Model}
        assert_match {*count=1*} [errorrstat NOMODEL r]
    }
}
