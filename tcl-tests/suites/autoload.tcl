# autoload.tcl -- definitions from files: loaded before the first command, errors that stop the load and those that do not, what a restart does with them.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

set ::dir [file normalize [tmpdir autoload]]

proc file_of {name text} {
    file mkdir [file dirname $::dir/$name]
    set out [open $::dir/$name w]
    puts $out $text
    close $out
}

proc no_files {} {
    file delete -force {*}[glob -nocomplain $::dir/*]
}

proc owners {name} {
    foreach one [r nonrel.index list blog.Post] {
        if {[dict get $one name] eq $name} { return [dict get $one owners] }
    }
    return none
}

proc info_value {name} {
    regexp "nonrel_$name:(\[^\r\n\]*)" [r info nonrel] all value
    return $value
}

set ::post {{"extends": ["blog.Stamped"], "fields": {
    "title": {"type": "char", "max_length": 200, "index": ["exact"]},
    "views": {"type": "int", "default": 0}}}}
set ::retyped {{"extends": ["blog.Stamped"], "fields": {
    "title": {"type": "int", "index": ["exact"]},
    "views": {"type": "int", "default": 0}}}}
set ::grown {{"extends": ["blog.Stamped"], "fields": {
    "title": {"type": "char", "max_length": 200, "index": ["exact"]},
    "views": {"type": "int", "default": 0, "index": true},
    "mood": {"type": "char", "default": "good"}}}}
set ::regrown [string map {true {["exact"]}} $::grown]
set ::stamped {{"abstract": true, "fields": {"created": {"type": "datetime", "null": true, "index": true}}}}

file_of models/blog.Post.json $::post
file_of models/blog.Stamped.json $::stamped
file_of models/notes.txt "no definition"
file_of indexes/blog.json {{"blog.Post": {"index": {"views": ["lt"]}, "unindex": ["created"]}}}

start_nonrel [list module "AUTOLOAD $::dir DB 9" overrides {save {} appendonly yes}] {
    test {the files are in force before the first command} {
        assert_equal {blog.Post blog.Stamped} [r nonrel.model list]
        assert_equal 0 [info_value autoload_refused]
        assert_equal 3 [info_value autoload_definitions]
        assert_equal 1 [r nonrel.save blog.Post title a views 3 created 2026-01-01]
        assert_equal file:blog.json [owners views.value]
        assert_equal none [owners created.value]
        assert_equal 1 [llength [found blog.Post FILTER views__lt 4]]
    }

    test {AUTOLOAD again does nothing} {
        set digest [r debug digest]
        set offset [status r master_repl_offset]
        assert_equal {} [r nonrel.autoload]
        assert_equal $digest [r debug digest]
        refused "*wrong number of arguments*" nonrel.autoload now
    }

    test {FLUSHALL removes definitions too, AUTOLOAD brings them back} {
        r flushall
        assert_equal {} [r nonrel.model list]
        assert_equal {} [r nonrel.autoload]
        assert_equal {blog.Post blog.Stamped} [r nonrel.model list]
        assert_equal 1 [r nonrel.save blog.Post title a views 3 created 2026-01-01]
    }

    test {an index whose entry left its file goes, one that another owner wants stays} {
        r nonrel.index create blog.Post views lt
        assert_equal {command file:blog.json} [lsort [owners views.value]]
        file_of indexes/blog.json {{}}
        assert_equal {} [r nonrel.autoload]
        assert_equal command [owners views.value]
        assert_equal model [owners created.value]
        r nonrel.index drop blog.Post views
        assert_equal none [owners views.value]
        assert_equal {} [r nonrel.index check blog.Post]
    }

    test {a file that is wrong is an error of AUTOLOAD, and nothing changes} {
        file_of models/blog.Bad.json "\{\n\"fields\": \{\n,"
        refused "SYNTAX models/blog.Bad.json: *line 3*" nonrel.autoload
        file_of models/blog.Bad.json {{"fields": {"n": {"type": "int", "indx": true}}}}
        refused "BADVALUE models/blog.Bad.json: fields.n*" nonrel.autoload
        file_of models/blog.Bad.json {{"fields": {"p": {"type": "fk", "to": "blog.Post", "to_field": "no"}}}}
        refused "BADVALUE models/blog.Bad.json: fields.p.to_field: no field 'no' in blog.Post*" nonrel.autoload
        file delete $::dir/models/blog.Bad.json
    }

    test {what the data does not allow is said, and the rest is loaded} {
        file_of models/blog.Post.json $::retyped
        file_of models/blog.Note.json {{}}
        file_of indexes/more.json {{"shop.Item": {"index": {"n": true}}}}
        set lines [r nonrel.autoload]
        assert_equal 2 [llength $lines]
        assert_match {models/blog.Post.json: blog.Post: BADVALUE fields.title.type*} [lindex $lines 0]
        assert_match {indexes/more.json: shop.Item: NOMODEL*} [lindex $lines 1]
        assert_equal 2 [info_value autoload_refused]
        assert_match {models/blog.Post.json*} [info_value autoload_refused_1]
        assert {"blog.Note" in [r nonrel.model list]}
        file delete $::dir/indexes/more.json
        file_of models/blog.Post.json $::post
    }

    test {a changed file migrates after a restart, and the append-only file says so} {
        file_of models/blog.Post.json $::grown
        restart_server 0 true false
        assert_equal good [dict get [r nonrel.get blog.Post 1] mood]
        assert_equal model [owners views.value]
        assert_equal {} [r nonrel.index check blog.Post]
        assert_equal {} [r nonrel.autoload]
        r debug loadaof
        assert_equal good [dict get [r nonrel.get blog.Post 1] mood]
        assert_equal {} [r nonrel.index check blog.Post]
    }

    test {a user who may not write a model has it not loaded} {
        file_of models/blog.Post.json $::regrown
        r acl setuser other on nopass +@all ~shop.*
        r auth other {}
        set lines [r nonrel.autoload]
        assert_match {*blog.Post*NOPERM*} $lines
        r auth default {}
        assert_equal model [owners views.value]
        assert_equal {} [r nonrel.autoload]
        assert_equal model [owners views.value.set]
    }
}

file_of models/blog.Post.json $::post

start_nonrel {overrides {save {}}} {
    start_nonrel [list module "AUTOLOAD $::dir DB 11" overrides {save {}}] {
        test {a database of one's choice} {
            assert_equal {} [r nonrel.model list]
            r select 11
            assert_equal {blog.Note blog.Post blog.Stamped} [r nonrel.model list]
        }

        test {a copy takes its primary's definitions, and gets what its primary loads} {
            become_copy r
            assert_equal {} [r nonrel.model list]
            assert_error {READONLY*} {r nonrel.autoload}
        }
    }

    test {the files stop the load of a module on a server that runs} {
        r module unload nonrel
        foreach {name text words} {
            models/blog.Bad.json {{"fields": {"n": {"type": "number"}}}} {models/blog.Bad.json: fields.n.type}
            models/blog.Bad.json "\{\n\n\"fields\": \]" {line 3}
            indexes/bad.json {{"blog.Post": {"index": {"veiws": ["lt"]}}}} {indexes/bad.json: blog.Post: index.'veiws'}
            indexes/bad.json {{"blog.Post": {"index": {"views": ["less"]}}}} {no lookup 'less'}
        } {
            file_of $name $text
            assert_error {ERR*} {r module load $::nonrel_so AUTOLOAD $::dir}
            assert {[string match "*$words*" [exec tail -n 5 [srv 0 stdout]]]}
            file delete $::dir/$name
        }
        assert_error {ERR*} {r module load $::nonrel_so AUTOLOAD /no/such/directory}
        assert_error {ERR*} {r module load $::nonrel_so AUTOLOAD}
        assert_error {ERR*} {r module load $::nonrel_so AUTOLOAD $::dir DB x}
        foreach {arguments wrong} [list [list LOAD $::dir] LOAD [list AUTOLOAD $::dir BD 1] BD [list AUTOLOAD $::dir BD] BD [list AUTOLOAD $::dir DB 1 2] 2] {
            assert_error {ERR*} {r module load $::nonrel_so {*}$arguments}
            verify_log_message 0 "*SYNTAX the module's arguments are AUTOLOAD <directory> *, got '$wrong'*" 0
        }
        assert_error {ERR*} {r module load $::nonrel_so $::dir}
        r set still there
        assert_equal there [r get still]
    }

    test {a module that is loaded while the server runs has its files in force at once} {
        r module load $::nonrel_so AUTOLOAD $::dir DB 9
        assert_equal {blog.Note blog.Post blog.Stamped} [r nonrel.model list]
    }
}

no_files
