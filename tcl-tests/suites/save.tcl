# save.tcl -- what is written: every type's canonical text, and what it refuses; JSON; batches; defaults, clocks, choices; references.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl

# A model s.M of one nullable field v; options as JSON, behind a comma.
proc one {type {options {}}} {
    r flushall
    model s.M "{\"fields\": {\"v\": {\"type\": \"$type\", \"null\": true $options}}}"
}

proc canonical {value} {
    set pk [r nonrel.save s.M v $value]
    set text [r hget s.M:$pk v]
    assert_equal [list $text] [r nonrel.query s.M FILTER pk $pk FIELDS v FLAT]
    assert_equal 1 [r nonrel.count s.M FILTER pk $pk v $value] "$value finds itself"
    return $text
}

proc json_text {value} {
    return [r hget s.M:[r nonrel.save s.M JSON "{\"v\": $value}"] v]
}

proc users {} {
    r flushall
    model s.User {{"fields": {
        "email": {"type": "email", "unique": true, "null": true}, "name": {"type": "char", "null": true, "index": true},
        "age": {"type": "int", "null": true, "index": ["exact"]}}}}
}

start_nonrel {} {
    # -- types ------------------------------------------------------------------------------------------------------------------------------

    foreach {type options pairs bad} {
        int {} {5 5 -5 -5 007 7 -0 0 9223372036854775807 9223372036854775807 -9223372036854775808 -9223372036854775808}
            {9223372036854775808 -9223372036854775809 +5 {} - -- { 5} {5 } 5.0 1e3 0x5 5a five 1,000 ٣ 99999999999999999999999999}
        bigint {} {12345678901234567 12345678901234567} {a 1.5}
        smallint {} {32767 32767 -32768 -32768} {32768 -32769}
        positiveint {} {0 0 9223372036854775807 9223372036854775807} {-1 9223372036854775808}
        float {} {0.1 0.1 5.0 5 -0 0 -0.0 0 1e21 1e+21 1e20 100000000000000000000 1e-6 0.000001 1e-7 1e-7 1E2 100 1.50 1.5 5e-324 5e-324
            1.7976931348623157e308 1.7976931348623157e+308 9007199254740993 9007199254740992 -1.5e-10 -1.5e-10 123456.789 123456.789}
            {nan NaN inf -inf Infinity 1e400 {} . 1. .5 +1 01 -01 0x10 1e 1e+ { 1} {1 } 1,5 1_0 true}
        decimal {, "max_digits": 5, "decimal_places": 2} {5 5.00 5.0 5.00 -0 0.00 -0.00 0.00 999.99 999.99 -999.99 -999.99 1e1 10.00 0.5 0.50
        1.500 1.50 12.5e-1 1.25 0 0.00}
            {345.673 1000 -1000 1e3 0.001 .5 5. +5 01 {} { 5} nan inf 1e-3 1e1000000000 5,0}
        decimal {, "max_digits": 38, "decimal_places": 10} {1234567890123456789012345678.0123456789 1234567890123456789012345678.0123456789
            -9999999999999999999999999999.9999999999 -9999999999999999999999999999.9999999999} {12345678901234567890123456789 0.00000000001}
        decimal {, "max_digits": 3, "decimal_places": 0} {999 999 -5 -5 1e2 100} {0.5 1000}
        bool {} {1 1 0 0 true 1 false 0 TRUE 1 False 0 tRuE 1} {2 -1 yes no t f {} { 1} 01 on null}
        slug {} {a-b_C9 a-b_C9 {} {}} {{a b} a.b ä a/b "a\n"}
        email {} {a@b.de a@b.de A.b+c@Example.COM A.b+c@Example.COM} {a @b.de a@ a@b a@@b.de {a b@c.de} a@b..de}
        url {} {https://a.de/x?y=1#z https://a.de/x?y=1#z http://localhost:8000/ http://localhost:8000/}
        {a.de http:// javascript:alert(1) //a.de {http://a b.de/}}
        ip {} {1.2.3.4 1.2.3.4 255.255.255.255 255.255.255.255 2001:DB8:0:0::1 2001:db8::1 ::1 ::1 :: ::}
            {1.2.3 256.1.1.1 1.2.3.4.5 1.2.3.4/8 {} :::1 2001:db8::g 01.2.3.4 { 1.2.3.4} fe80::1%eth0}
        uuid {} {123E4567-E89B-12D3-A456-426614174000 123e4567-e89b-12d3-a456-426614174000}
        {123e4567 {} 123e4567-e89b-12d3-a456-42661417400g 123e4567-e89b-12d3-a456-4266141740001}
        date {} {2026-11-22 2026-11-22 0001-01-01 0001-01-01 9999-12-31 9999-12-31 2024-02-29 2024-02-29 2000-02-29 2000-02-29}
            {2023-02-29 1900-02-29 0000-01-01 10000-01-01 2026-13-01 2026-00-01 2026-01-00 2026-01-32 2026-04-31 2026-1-1 26-01-01 20260101
            2026/01/01 { 2026-01-01} {2026-01-01 } 2026-01-01T00:00 {} -001-01-01 now}
        time {} {13:05:09.000250 13:05:09.000250 13:05:09 13:05:09 13:05 13:05:00 00:00:00.000000 00:00:00 23:59:59.999999 23:59:59.999999
        13:05:09.25 13:05:09.250000}
            {24:00 24:00:00 13:60 13:05:60 13:5 1:05 13:05:09. 13:05:09.1234567 13:05:09,5 {} 13 {13:05 } 130509}
        datetime {} {2026-11-22T13:05:09.000250Z 2026-11-22T13:05:09.000250Z {2026-11-22 13:05} 2026-11-22T13:05:00Z 2026-11-22T13:05:09
        2026-11-22T13:05:09Z
            2026-11-22T13:05:09.000000Z 2026-11-22T13:05:09Z 2026-11-22T13:05:09.5Z 2026-11-22T13:05:09.500000Z 2026-11-22T23:30:00-01:00
            2026-11-23T00:30:00Z
            2026-01-01T00:00+05:30 2025-12-31T18:30:00Z 2026-11-22 2026-11-22T00:00:00Z 1969-12-31T23:59:59.999999Z 1969-12-31T23:59:59.999999Z
            0001-01-01T00:00:00Z 0001-01-01T00:00:00Z 9999-12-31T23:59:59.999999Z 9999-12-31T23:59:59.999999Z}
            {2026-11-22T13 2026-11-22T13:05:60Z 2026-11-22T24:00Z 2026-11-22T13:05:09.1234567Z 2026-11-22T13:05:09+0100 2026-11-22T13:05:09+01
            2026-11-22T13:05:09+25:00
            2026-11-22T13:05:09+01:60 2026-02-30T00:00Z 0001-01-01T00:00:00+00:01 9999-12-31T23:59:59-00:01 2026-11-22Z { 2026-11-22T13:05}
            {2026-11-22T13:05Z } {2026-11-22  13:05} {} 1763816709 2026-11-22T13:05:09.Z now}
        duration {} {PT0S PT0S P1D P1D -P1D -P1D P1DT2H3M4S P1DT2H3M4S PT0.5S PT0.500000S PT0.000001S PT0.000001S {1 02:03:04} P1DT2H3M4S
        02:03:04.5 PT2H3M4.500000S 00:00:00 PT0S
            -PT1S -PT1S {0 00:00:01} PT1S PT90S PT1M30S PT24H P1D P0DT0H0M0S PT0S -PT0S PT0S}
            {P {} PT P1 1D P1Y P1M P1W PT1 PT1.S PT1.1234567S {P1D } T1S PT1S1M 1:2:3 {1 day} 02:03 5 --P1D nan}
    } {
        test "$type$options: canonical text, and what finds it" {
            one $type $options
            foreach {given text} $pairs { assert_equal $text [canonical $given] "$type $given" }
            sound s.M
        }

        test "$type$options: bad values" {
            one $type $options
            foreach given $bad {
                set message [refused {BADVALUE *'v'*expected*} nonrel.save s.M v [u $given]]
                refused {BADVALUE *'v'*} nonrel.save s.M JSON "{\"v\": \"[string map {\n \\n} [u $given]]\"}"
            }
            assert_equal 0 [r nonrel.count s.M]
        }
    }

    test {the same for an indexed field: every canonical text is found by the index} {
        foreach {type values} {
            float {0.1 -0 1e21 5e-324 -1.5} int {-5 5 0} duration {-P1D PT0S P1DT1H} datetime {1969-12-31T23:59:59.999999Z 2026-11-22} bool {1 false}
            ip {::1 1.2.3.4} uuid {123E4567-E89B-12D3-A456-426614174000} time {00:00 23:59:59.999999}
        } {
            foreach index {true {["exact", "in"]}} {
                one $type ", \"index\": $index"
                foreach value $values { canonical $value }
                sound s.M
            }
        }
    }

    test {Django's class names stand for the types} {
        foreach {class type value} {
            BigIntegerField bigint 1 SmallIntegerField smallint 1 PositiveIntegerField positiveint 1 IntegerField int 1 FloatField float 1.5
            BooleanField bool 1 CharField char a
            TextField text a SlugField slug a EmailField email a@b.de URLField url http://a.de/ GenericIPAddressField ip ::1 UUIDField uuid
            123e4567-e89b-12d3-a456-426614174000
            DateField date 2026-11-22 TimeField time 13:05:09 DateTimeField datetime 2026-11-22T13:05:09Z DurationField duration P1D BinaryField
            blob x
        } {
            one $class
            assert_equal $value [canonical $value]
        }
        one DecimalField {, "max_digits": 5, "decimal_places": 2}
        assert_equal 1.00 [canonical 1]
        model s.R {{"fields": {"a": {"type": "ForeignKey", "to": "s.M", "null": true}, "b": {"type": "OneToOneField", "to": "s.M", "null": true, "related_name": "one"}}}}
        model s.A {{"fields": {"k": {"type": "AutoField", "pk": true}}}}
        assert_equal 1 [r nonrel.save s.R a 1]
        assert_equal 1 [r nonrel.save s.A JSON {{}}]
    }

    test {text: any valid UTF-8, empty, huge, with zero bytes; nothing else} {
        foreach type {char text} {
            foreach options {{} {, "index": true} {, "index": ["exact"]} {, "unique": true}} {
                one $type $options
                foreach value [list {} " " a\x00b "\r\n\t" [u "\u00e9\u4e2d\uffff"] "\xf0\x9f\x98\x80" [string repeat x 1048576] \
                    [string repeat [u \u4e2d] 100000] None NULL] {
                    assert_equal $value [canonical $value]
                }
                foreach bad [list "\xff" "\xc3" "\xc0\x80" "\xed\xa0\x80" "\xf4\x90\x80\x80" "a\xe4b" "\xe2\x82" "\xf0\x9f\x98"] {
                    refused {BADVALUE *'v'*} nonrel.save s.M v $bad
                    refused {* *} nonrel.save s.M JSON "{\"v\": \"$bad\"}"
                }
                sound s.M
            }
        }
    }

    test {max_length counts code points, and nothing is cut} {
        one char {, "max_length": 3}
        foreach value [list abc [u "\u00e9\u4e2d\u00e9"] "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80" {}] {
            assert_equal $value [canonical $value]
        }
        refused {BADVALUE *'v'*'abcd'*3*4*} nonrel.save s.M v abcd
        refused {BADVALUE *} nonrel.save s.M v [u "\u00e9\u00e9\u00e9\u00e9"]
    }

    test {blobs are their bytes, base64 in JSON} {
        one blob
        foreach value [list {} \x00 "\xff\xfe\x00\x80" [string repeat "\xff\x00" 100000]] { assert_equal $value [canonical $value] }
        assert_equal "\xff\x00a" [json_text {"/wBh"}]
        assert_equal {} [json_text {""}]
        foreach bad {{"/wBh!"} {"/wB"} {"*"} 5 true []} { refused {BADVALUE *'v'*} nonrel.save s.M JSON "{\"v\": $bad}" }
    }

    test {numbers in JSON keep their text} {
        one decimal {, "max_digits": 20, "decimal_places": 2}
        foreach {given text} {9.99 9.99 99999999999999.99 99999999999999.99 0.1 0.10 {"5"} 5.00 -0.0 0.00 1e2 100.00} {
            assert_equal $text [json_text $given]
        }
        refused {BADVALUE *} nonrel.save s.M JSON {{"v": 0.30000000000000004}}
        one bigint
        foreach {given text} {9223372036854775807 9223372036854775807 -9223372036854775808 -9223372036854775808 {"5"} 5} {
            assert_equal $text [json_text $given]
        }
        foreach bad {9223372036854775808 5.0 1e2 true false [] {""} {"x"}} { refused {BADVALUE *'v'*} nonrel.save s.M JSON "{\"v\": $bad}" }
        one float
        foreach {given text} {1.0 1 1e21 1e+21 0.1 0.1 12345678901234567890 12345678901234567000} { assert_equal $text [json_text $given] }
        refused {BADVALUE *} nonrel.save s.M JSON {{"v": 1e999}}
    }

    test {kinds of JSON values and types of fields} {
        one bool
        foreach {given text} {true 1 false 0 1 1 0 0 {"true"} 1} { assert_equal $text [json_text $given] }
        refused {BADVALUE *} nonrel.save s.M JSON {{"v": 2}}
        one char
        foreach {given text} {{"x"} x 5 5 1.10 1.10} { assert_equal $text [json_text $given] }
        foreach bad {true {{}} [] {["x"]} {{"a": 1}}} { refused {BADVALUE *'v'*} nonrel.save s.M JSON "{\"v\": $bad}" }
        assert_equal [u "\u00e9\u4e2d"] [json_text {"\u00e9\u4e2d"}]
        assert_equal "\xf0\x9f\x98\x80" [json_text {"\ud83d\ude00"}]
        assert_equal "a\x00b" [json_text {"a\u0000b"}]
        assert_equal "\"\\/\b\f\n\r\t" [json_text {"\"\\\/\b\f\n\r\t"}]
        refused {* *} nonrel.save s.M JSON {{"v": "\ud83d"}}
        refused {* *} nonrel.save s.M JSON {{"v": "\ude00\ud83d"}}
        one datetime
        assert_equal 2026-11-22T13:05:09Z [json_text {"2026-11-22 13:05:09"}]
        refused {BADVALUE *} nonrel.save s.M JSON {{"v": 5}}
    }

    test {null in JSON is NULL} {
        foreach type {int float bool char date blob uuid} {
            one $type
            assert_equal {} [json_text null]
            assert_equal {id 1} [r hgetall s.M:1]
            assert_equal 1 [r nonrel.count s.M FILTER v__isnull true]
        }
    }

    test {JSON that is deep, or big, is an error and no crash} {
        one char
        refused {* *} nonrel.save s.M JSON [string repeat {[} 100000]
        refused {* *} nonrel.save s.M JSON [string repeat "\x7b\"a\":" 100000]
        refused {* *} nonrel.save s.M JSON "[string repeat {[} 50000][string repeat {]} 50000]"
        set many {}
        for {set i 1} {$i <= 3000} {incr i} { lappend many "{\"v\": \"$i\"}" }
        assert_equal 3000 [llength [r nonrel.save s.M JSON "\[[join $many ,]\]"]]
        assert_equal 3000 [r nonrel.count s.M]
        assert_equal 2999 [found s.M FILTER v 2999]
    }

    # -- the entity -------------------------------------------------------------------------------------------------------------------------

    test {an entity is a hash of its fields, the pk included; a NULL field is absent} {
        users
        assert_equal 1 [r nonrel.save s.User name x NULL email]
        assert_equal {1 id name x} [lsort [r hgetall s.User:1]]
        r nonrel.save s.User pk 1 NULL name age 5
        assert_equal {1 5 age id} [lsort [r hgetall s.User:1]]
        r nonrel.save s.User pk 1 NULL age
        assert_equal {id 1} [r hgetall s.User:1]
        assert_equal hash [r type s.User:1]
        sound s.User
    }

    test {upsert keeps every index} {
        users
        r nonrel.save s.User name a age 1 email a@b.de
        foreach {name age} {b 1 b 2 c 2 c 3 {} 3} { r nonrel.save s.User pk 1 name $name age $age }
        sound s.User
        assert_equal 1 [found s.User FILTER name {} age 3 email a@b.de]
        foreach name {a b c} { assert_equal {} [found s.User FILTER name $name] }
        foreach age {1 2} { assert_equal {} [found s.User FILTER age $age] }
    }

    test {a save of what is there already changes nothing} {
        users
        r nonrel.save s.User name a age 1
        set before [r debug digest]
        assert_equal 1 [r nonrel.save s.User pk 1 name a]
        assert_equal 1 [r nonrel.save s.User pk 1 name a age 1 NULL email]
        assert_equal $before [r debug digest]
    }

    test {unique compares canonical values, NULLs never collide} {
        r flushall
        model s.U {{"fields": {"d": {"type": "decimal", "max_digits": 5, "decimal_places": 2, "unique": true, "null": true},
            "f": {"type": "float", "unique": true, "null": true},
            "t": {"type": "datetime", "unique": true, "null": true}, "c": {"type": "char", "unique": true, "null": true}}}}
        r nonrel.save s.U d 1.5 f 0 t 2026-11-22T13:00:00+01:00 c a
        foreach {field value} {d 1.50 d 1.5 d 15e-1 f -0.0 f 0e5 t 2026-11-22T12:00Z c a} {
            refused "NOTUNIQUE *'$field'*" nonrel.save s.U $field $value
        }
        for {set i 0} {$i < 3} {incr i} { r nonrel.save s.U NULL d NULL c }
        assert_equal 4 [r nonrel.count s.U]
        r nonrel.save s.U c A
        r nonrel.save s.U c {}
        refused {NOTUNIQUE *} nonrel.save s.U c {}
        assert_equal 1 [r nonrel.save s.U pk 1 c a d 1.50]
        refused {NOTUNIQUE *} nonrel.save s.U pk 2 c a
        assert_equal 1 [r nonrel.delete s.U PK 1]
        assert_equal 2 [r nonrel.save s.U pk 2 c a]
        sound s.U
    }

    test {unique blobs compare by bytes} {
        r flushall
        model s.U {{"fields": {"z": {"type": "blob", "unique": true}}}}
        foreach value [list {} "\x00" "\x00\x00" "\xff" "\xff\xff" a] { r nonrel.save s.U z $value }
        foreach value [list {} "\x00" "\xff" a] { refused {NOTUNIQUE *} nonrel.save s.U z $value }
        assert_equal 4 [found s.U FILTER z "\xff"]
        sound s.U
    }

    test {unique values beyond the length that an index key may have} {
        r flushall
        model s.U {{"fields": {"c": {"type": "char", "unique": true}}}}
        set long [string repeat x 20000]
        r nonrel.save s.U c ${long}a
        r nonrel.save s.U c ${long}b
        refused {NOTUNIQUE *} nonrel.save s.U c ${long}a
        assert_equal 2 [found s.U FILTER c ${long}b]
        sound s.U
    }

    test {a batch may swap unique values, rotate them, and hand on that of an entity that gets another} {
        users
        rows s.User {email a@x.de} {email b@x.de} {email c@x.de}
        r nonrel.save s.User JSON {[{"pk": 1, "email": "b@x.de"}, {"pk": 2, "email": "a@x.de"}]}
        assert_equal {b@x.de a@x.de c@x.de} [r nonrel.query s.User ORDER pk FIELDS email FLAT]
        r nonrel.save s.User JSON {[{"pk": 1, "email": "c@x.de"}, {"pk": 2, "email": "b@x.de"}, {"pk": 3, "email": "a@x.de"}]}
        assert_equal {c@x.de b@x.de a@x.de} [r nonrel.query s.User ORDER pk FIELDS email FLAT]
        r nonrel.save s.User JSON {[{"email": "a@x.de"}, {"pk": 3, "email": null}]}
        assert_equal 4 [found s.User FILTER email a@x.de]
        r nonrel.save s.User JSON {[{"pk": 1, "email": "b@x.de"}, {"pk": 2, "email": "z@x.de"}, {"pk": 1, "email": "y@x.de"}]}
        assert_equal {y@x.de z@x.de {} a@x.de} [r nonrel.query s.User ORDER pk FIELDS email FLAT]
        foreach {one two} {y@x.de y@x.de new@x.de z@x.de a@x.de z@x.de} {
            refused {NOTUNIQUE *} nonrel.save s.User JSON "\[{\"pk\": 1, \"email\": \"$one\"}, {\"pk\": 3, \"email\": \"$two\"}\]"
        }
        sound s.User
    }

    test {an entity that stands in a batch twice is saved in order} {
        users
        assert_equal {7 7} [r nonrel.save s.User JSON {[{"pk": 7, "name": "a", "age": 1}, {"pk": 7, "name": "b"}]}]
        assert_equal {id 7 email {} name b age 1} [r nonrel.get s.User 7]
        assert_equal 1 [r nonrel.count s.User]
        sound s.User
    }

    test {SAVE BY in a batch sees what the batch has saved} {
        users
        assert_equal {1 1 2} [r nonrel.save s.User BY email JSON {[{"email": "a@x.de", "name": "a"}, {"email": "a@x.de", "age": 3},
            {"email": "b@x.de"}]}]
        assert_equal {id 1 email a@x.de name a age 3} [r nonrel.get s.User 1]
        sound s.User
    }

    # -- primary keys -----------------------------------------------------------------------------------------------------------------------

    test {any scalar type can be the pk, and is found by it} {
        foreach {type options values} {
            bigint {} {9223372036854775807 -9223372036854775808 0} float {} {0.1 -1.5 1e+21} decimal {, "max_digits": 5, "decimal_places": 2}
            {-1.50 0.00 10.00}
            bool {} {0 1} char {} {a A ä "a b" a:b "\n" NULL} date {} {0001-01-01 2026-11-22} time {} {00:00:00 23:59:59.999999}
            datetime {} {1969-12-31T23:59:59Z 2026-11-22T13:05:09.000250Z} duration {} {-P1D PT0S P1D} ip {} {1.2.3.4 ::1} email {} {a@b.de} url
            {} {http://a.de/}
            uuid {} {00000000-0000-4000-8000-000000000001} slug {} {a-b} blob {} {x "\xff\x00"}
        } {
            r flushall
            model s.K "{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"$type\" $options},
                \"v\": {\"type\": \"int\", \"null\": true, \"index\": true}}}"
            set values [lmap v $values {u $v}]
            foreach value $values {
                r nonrel.save s.K k $value v 1
                assert_equal $value [r hget s.K:$value k]
                assert_equal [list k $value v 1] [r nonrel.get s.K $value]
                assert_equal [list $value] [r nonrel.query s.K FILTER pk $value FIELDS k FLAT]
                r nonrel.save s.K k $value v 2
            }
            assert_equal [llength $values] [r nonrel.count s.K FILTER v 2]
            sound s.K
            assert_equal [llength $values] [r nonrel.delete s.K PK {*}$values]
            assert_equal {} [r keys s.K:*]
        }
    }

    test {pks in other spellings are the same entity} {
        foreach {type options one other} {bigint {} 7 007 decimal {, "max_digits": 5, "decimal_places": 2} 1.50 15e-1 bool {} 1 TRUE uuid {}
            123e4567-e89b-12d3-a456-426614174000 123E4567-E89B-12D3-A456-426614174000
            datetime {} 2026-11-22T12:00:00Z 2026-11-22T13:00+01:00 ip {} ::1 0:0:0:0:0:0:0:1 float {} 100 1e2} {
            r flushall
            model s.K "{\"pk\": \"k\", \"fields\": {\"k\": {\"type\": \"$type\" $options}, \"v\": {\"type\": \"int\", \"null\": true}}}"
            r nonrel.save s.K k $one v 1
            r nonrel.save s.K k $other v 2
            assert_equal 1 [r nonrel.count s.K]
            assert_equal [list k $one v 2] [r nonrel.get s.K $other]
            assert_equal 1 [r nonrel.delete s.K PK $other]
        }
    }

    test {uuid pks are generated, all different} {
        r flushall
        model s.K {{"pk": "k", "fields": {"k": {"type": "uuid"}, "v": {"type": "int", "null": true}}}}
        set pks [r nonrel.save s.K JSON "\[[join [lrepeat 200 {{"v": 1}}] ,]\]"]
        assert_equal 200 [llength [lsort -unique $pks]]
        foreach pk $pks { assert {[regexp {^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$} $pk]} }
        assert_equal 200 [r nonrel.count s.K]
    }

    test {a pk that is too long is refused, the longest is good} {
        r flushall
        model s.K {{"pk": "k", "fields": {"k": {"type": "char"}, "v": {"type": "int", "null": true, "index": true}}}}
        refused {BADVALUE *'k'*} nonrel.save s.K k [string repeat x 100000] v 1
        set longest [string repeat x 255]
        r nonrel.save s.K k $longest v 1
        assert_equal $longest [found s.K FILTER v 1]
        sound s.K
    }

    # -- defaults, clocks, choices, bounds --------------------------------------------------------------------------------------------------

    test {a default is written by an insert that does not name the field} {
        r flushall
        model s.D {{"fields": {"n": {"type": "int", "default": 7, "null": true}, "c": {"type": "char", "default": "", "index": true},
            "b": {"type": "bool", "default": false},
            "d": {"type": "decimal", "max_digits": 5, "decimal_places": 2, "default": 9.9}, "z": {"type": "int", "default": null, "null": true},
            "w": {"type": "int", "null": true}}}}
        assert_equal 1 [r nonrel.save s.D w 1]
        assert_equal {id 1 n 7 c {} b 0 d 9.90 z {} w 1} [r nonrel.get s.D 1]
        assert_equal {9.90} [r hget s.D:1 d]
        r nonrel.save s.D pk 1 NULL n c x
        assert_equal {id 1 n {} c x b 0 d 9.90 z {} w 1} [r nonrel.get s.D 1]
        r nonrel.save s.D pk 1 w 2
        assert_equal {} [dict get [r nonrel.get s.D 1] n]
        r nonrel.save s.D NULL n w 3
        assert_equal {} [dict get [r nonrel.get s.D 2] n]
        refused {NOTNULL *'c'*} nonrel.save s.D NULL c
        assert_equal 2 [found s.D FILTER c {}]
        sound s.D
    }

    test {auto_now at every save, auto_now_add at insert, a given value stands} {
        r flushall
        model s.T {{"fields": {"made": {"type": "datetime", "auto_now_add": true, "index": true},
            "changed": {"type": "datetime", "auto_now": true}, "day": {"type": "date", "auto_now_add": true},
            "clock": {"type": "time", "auto_now": true}, "n": {"type": "int", "null": true}}}}
        r nonrel.save s.T n 1
        set one [r nonrel.get s.T 1]
        assert_equal [dict get $one made] [dict get $one changed]
        assert {[regexp {^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$} [dict get $one made]]}
        assert_equal [string range [dict get $one made] 0 9] [dict get $one day]
        assert_equal [string range [dict get $one changed] 11 end-1] [dict get $one clock]
        assert {abs([clock scan [string range [dict get $one made] 0 18] -format %Y-%m-%dT%H:%M:%S -gmt 1] - [clock seconds]) < 100}
        after 2
        r nonrel.save s.T pk 1 n 2
        set two [r nonrel.get s.T 1]
        assert_equal [dict get $one made] [dict get $two made]
        assert {[dict get $two changed] > [dict get $one changed]}
        r nonrel.save s.T pk 1 changed 2000-01-01 made 2000-01-02 day 2000-01-03
        assert_equal {2000-01-01T00:00:00Z 2000-01-02T00:00:00Z 2000-01-03} \
            [concat {*}[lmap field {changed made day} {r nonrel.query s.T FIELDS $field FLAT}]]
        assert_equal 1 [found s.T FILTER made__lt 2001-01-01]
        refused {NOTNULL *} nonrel.save s.T pk 1 NULL changed
        sound s.T
    }

    test {one command has one moment} {
        r flushall
        model s.T {{"fields": {"made": {"type": "datetime", "auto_now_add": true}}}}
        r nonrel.save s.T JSON "\[[join [lrepeat 500 {{}}] ,]\]"
        assert_equal 1 [llength [lsort -unique [r nonrel.query s.T FIELDS made FLAT]]]
    }

    test {choices are asked by value} {
        r flushall
        model s.C {{"fields": {"c": {"type": "char", "choices": ["draft", "published"], "default": "draft"},
            "n": {"type": "int", "choices": [1, 2], "null": true},
            "d": {"type": "decimal", "max_digits": 3, "decimal_places": 1, "choices": [0.5, "1"], "null": true}}}}
        r nonrel.save s.C c published n 2 d 0.50
        refused {BADVALUE *'c'*'Draft'*draft*published*} nonrel.save s.C c Draft
        refused {BADVALUE *'n'*} nonrel.save s.C n 3
        refused {BADVALUE *'d'*} nonrel.save s.C d 1.5
        refused {BADVALUE *} nonrel.save s.C JSON {{"c": "x"}}
        refused {BADVALUE *'c'*} nonrel.save s.C c {}
        r nonrel.save s.C NULL n d 1
        assert_equal {0.5 1.0} [r nonrel.query s.C ORDER pk FIELDS d FLAT]
    }

    test {min and max hold their own value} {
        r flushall
        model s.B {{"fields": {"n": {"type": "int", "min": -1, "max": 5, "null": true},
            "d": {"type": "decimal", "max_digits": 4, "decimal_places": 2, "min": 0.5, "null": true},
            "t": {"type": "date", "max": "2026-12-31", "null": true}, "f": {"type": "float", "max": 1.5, "null": true}}}}
        foreach {field good} {n -1 n 5 d 0.50 d 99 t 2026-12-31 f 1.5 f -9} { r nonrel.save s.B $field $good }
        foreach {field bad} {n -2 n 6 d 0.49 t 2027-01-01 f 1.51} { refused "BADVALUE *'$field'*" nonrel.save s.B $field $bad }
    }

    # -- references -------------------------------------------------------------------------------------------------------------------------

    test {a reference to a model that is not there yet is NOMODEL, to an entity that is not there is good} {
        r flushall
        model s.Post {{"fields": {"author": {"type": "fk", "to": "s.Author", "null": true}, "n": {"type": "int", "null": true}}}}
        refused {NOMODEL *s.Author*} nonrel.save s.Post author 1
        refused {NOMODEL *s.Author*} nonrel.save s.Post JSON {{"author": 1}}
        refused {NOMODEL *} nonrel.query s.Post FILTER author 1
        assert_equal 1 [r nonrel.save s.Post n 1]
        model s.Author {{"pk": "name", "fields": {"name": {"type": "char"}}}}
        assert_equal 2 [r nonrel.save s.Post author nobody]
        assert_equal 2 [found s.Post FILTER author nobody]
        assert_equal {id 2 author nobody n {}} [r nonrel.get s.Post 2]
        assert_equal {id 1 author {} n 1} [r nonrel.get s.Post 1]
    }

    test {a reference is of the type of its target's pk, through references too} {
        r flushall
        model s.Day {{"pk": "d", "fields": {"d": {"type": "date"}}}}
        model s.Next {{"pk": "day", "fields": {"day": {"type": "fk", "to": "s.Day"}}}}
        model s.Last {{"fields": {"next": {"type": "fk", "to": "s.Next", "null": true, "index": true},
            "self": {"type": "fk", "to": "self", "null": true}}}}
        r nonrel.save s.Last next 2026-11-22 self 1
        refused {BADVALUE *'next'*} nonrel.save s.Last next 5
        refused {BADVALUE *'self'*} nonrel.save s.Last self x
        refused {BADVALUE *'day'*} nonrel.save s.Next day x
        assert_equal {"2026-11-22"} [typed nonrel.save s.Next day 2026-11-22]
        assert_equal 1 [found s.Last FILTER next__lte 2026-11-22 next__gt 2026-11-21]
        sound s.Last
    }

    test_native {a reference has a set index always, onetoone is unique} {
        r flushall
        model s.A {{"fields": {"n": {"type": "int", "null": true}}}}
        model s.B {{"fields": {"a": {"type": "fk", "to": "s.A", "null": true}, "o": {"type": "onetoone", "to": "s.A", "null": true, "related_name": "+"}}}}
        rows s.B {a 1 o 1} {a 1 o 2} {a 1} {NULL a}
        refused {NOTUNIQUE *'o'*} nonrel.save s.B o 2
        assert_equal {1 2 3} [found s.B FILTER a 1]
        set indexes {}
        foreach index [r nonrel.index list s.B] { lappend indexes [dict get $index fields] [dict get $index type] }
        assert_equal {id zset a set o zset o set} $indexes
        sound s.B
    }

    # -- what others see --------------------------------------------------------------------------------------------------------------------

    test {WATCH of an entity's key, and of the model's, sees a write} {
        users
        r nonrel.save s.User name a
        set other [redis [srv 0 host] [srv 0 port] 0 $::tls]
        $other select 9
        foreach {key write} {
            s.User:1 {nonrel.save s.User pk 1 name b} s.User {nonrel.save s.User pk 1 name c} s.User {nonrel.save s.User name d} s.User:2
            {nonrel.delete s.User PK 2}
            s.User {nonrel.delete s.User FILTER name c} s.User {nonrel.model set s.User {{"fields": {"name": {"type": "char", "null": true}}}}}
        } {
            r watch $key
            $other {*}$write
            r multi
            r ping
            assert_equal {} [r exec] "$key: $write"
        }
        r watch s.User
        $other nonrel.count s.User
        catch {$other nonrel.save s.User name "\xff"}
        r multi
        r ping
        assert_equal PONG [r exec]
        $other close
    }

    test {entity writes raise the events of HSET and DEL} {
        users
        r config set notify-keyspace-events KEA
        set other [redis [srv 0 host] [srv 0 port] 0 $::tls]
        $other select 9
        $other psubscribe __keyspace@9__:s.User:*
        r nonrel.save s.User name a age 1
        assert_equal {pmessage __keyspace@9__:s.User:* __keyspace@9__:s.User:1 hset} [$other read]
        r nonrel.delete s.User PK 1
        assert_equal {pmessage __keyspace@9__:s.User:* __keyspace@9__:s.User:1 del} [$other read]
        $other close
        r config set notify-keyspace-events {}
    }
}
