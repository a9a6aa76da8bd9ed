# lookups_dates.tcl -- parts of dates and times, case by case: by scan, by the index of the part, and by the ordered index of the value.
#
# A number in front of a name is that of the case in the table of cases; names without one are of its list of old bugs, or of what is awkward.
source tests/nonrel/nonrel.tcl
source tests/nonrel/expect.tcl
source tests/nonrel/lookups.tcl

set ::ways {"without an index" none "with an index of the part" own "with an ordered index of the value" value "with all of them" all}
set ::date_parts {year month day quarter week week_day iso_week_day iso_year}
set ::all_parts [concat $::date_parts {date time hour minute second}]

proc parts_of {type} {
    switch $type { date { return $::date_parts } time { return {hour minute second} } default { return $::all_parts } }
}

# own: what lookups of the part, such as month__gte, ask for.
proc dated {way lookup type args} {
    switch $way {
        none { set index false }
        own { set index "\[\"$lookup\"\]" }
        value { set index true }
        all {
            set items [list {"exact"} {"lt"}]
            foreach part [parts_of $type] { lappend items "\"$part\"" "\"${part}__gte\"" }
            set index "\[[join $items ,]\]"
        }
    }
    set ::way $way
    one_field $index $type {*}$args
}

# The parts of a value that Python's datetime, and a calendar on paper, give.
set ::moments {
    2010-12-26T00:00:00 {year 2010 month 12 day 26 quarter 4 week 51 week_day 1 iso_week_day 7 iso_year 2010 hour 0 minute 0 second 0 date 2010-12-26 time 00:00:00}
    2010-12-27T23:59:59.999999 {year 2010 month 12 day 27 quarter 4 week 52 week_day 2 iso_week_day 1 iso_year 2010 hour 23 minute 59 second 59 date 2010-12-27 time 23:59:59.999999}
    2013-07-28T22:30:20.000050 {year 2013 month 7 day 28 quarter 3 week 30 week_day 1 iso_week_day 7 iso_year 2013 hour 22 minute 30 second 20 date 2013-07-28 time 22:30:20.000050}
    2024-02-29T12:00:00 {year 2024 month 2 day 29 quarter 1 week 9 week_day 5 iso_week_day 4 iso_year 2024 hour 12 minute 0 second 0 date 2024-02-29 time 12:00:00}
    2005-07-26T01:02:03 {year 2005 month 7 day 26 quarter 3 week 30 week_day 3 iso_week_day 2 iso_year 2005 hour 1 minute 2 second 3 date 2005-07-26 time 01:02:03}
    0001-01-01T00:00:00 {year 1 month 1 day 1 quarter 1 week 1 week_day 2 iso_week_day 1 iso_year 1 hour 0 minute 0 second 0 date 0001-01-01 time 00:00:00}
    9999-12-31T23:59:59.999999 {year 9999 month 12 day 31 quarter 4 week 52 week_day 6 iso_week_day 5 iso_year 9999 hour 23 minute 59 second 59 date 9999-12-31 time 23:59:59.999999}
    2021-01-03T08:09:10 {year 2021 month 1 day 3 quarter 1 week 53 week_day 1 iso_week_day 7 iso_year 2020 hour 8 minute 9 second 10 date 2021-01-03 time 08:09:10}
    2018-12-31T00:00:00 {year 2018 month 12 day 31 quarter 4 week 1 week_day 2 iso_week_day 1 iso_year 2019 hour 0 minute 0 second 0 date 2018-12-31 time 00:00:00}
    2016-01-01T00:00:01 {year 2016 month 1 day 1 quarter 1 week 53 week_day 6 iso_week_day 5 iso_year 2015 hour 0 minute 0 second 1 date 2016-01-01 time 00:00:01}
    1969-12-31T23:59:59.999999 {year 1969 month 12 day 31 quarter 4 week 1 week_day 4 iso_week_day 3 iso_year 1970 hour 23 minute 59 second 59 date 1969-12-31 time 23:59:59.999999}
    1900-02-28T00:00:00 {year 1900 month 2 day 28 quarter 1 week 9 week_day 4 iso_week_day 3 iso_year 1900 hour 0 minute 0 second 0 date 1900-02-28 time 00:00:00}
}

# The pks of all moments of which a condition on `it`, the part, holds.
proc those {part condition} {
    set pks {}
    set pk 0
    foreach {moment parts} $::moments {
        incr pk
        set it [dict get $parts $part]
        if $condition { lappend pks $pk }
    }
    return $pks
}

# As a type that may not have all of a moment.
proc cut {type moment} {
    switch $type { date { return [string range $moment 0 9] } time { return [string range $moment 11 end] } default { return $moment } }
}

proc fill {way lookup type} {
    dated $way $lookup $type
    foreach {moment -} $::moments { values [cut $type $moment] }
    null_row
}

proc json_of {value} {
    return [expr {[string is integer -strict $value] ? $value : "\"$value\""}]
}

set ::null_pk [expr {[llength $::moments] / 2 + 1}]

start_nonrel {} {
    foreach {with way} $::ways {
        test "91, 93 each part of each moment is what the calendar says, $with" {
            foreach type {date time datetime} {
                foreach part [parts_of $type] {
                    fill $way $part $type
                    foreach {moment parts} $::moments {
                        set value [dict get $parts $part]
                        says [those $part "\$it eq {$value}"] v__$part $value
                        says [those $part "\$it eq {$value}"] v__${part}__exact $value
                    }
                    sound t.M
                }
            }
        }

        test "91 years end with their last microsecond, $with" {
            foreach {lookup operand want} {year 2010 {1 2} year 2011 3 year 2013 4 year__exact 2010 {1 2} year__lt 2011 {1 2} year__lte 2010 {1 2} year__gt 2010 {3 4} year__gte 2011 {3 4}
                year__range {[2010, 2011]} {1 2 3} year__in {[2010, 2013]} {1 2 4} year 2012 {} year 2009 {}} {
                dated $way $lookup datetime
                values 2010-01-01T00:00:00 2010-12-31T23:59:59.999999 2011-01-01T00:00:00 2013-07-28T22:30:20.000050
                null_row
                says $want v__$lookup $operand
                sound t.M
            }
        }

        test "null of a part is that there is no date, $with" {
            dated $way month datetime
            values 0001-01-01
            null_row
            foreach part {v v__month v__year v__date v__date__week_day v__hour} {
                assert_equal 2 [found t.M Q "{\"$part\": null}"] $part
                assert_equal 1 [found t.M WHERE "$part != null"] $part
                assert_equal 1 [found t.M FILTER ${part}__isnull false]
                refused {BADVALUE *} nonrel.count t.M Q "{\"${part}__lt\": null}"
            }
        }

        test "comparisons of parts, $with" {
            foreach {part middle} {year 2010 month 7 day 27 quarter 3 week 30 week_day 2 iso_week_day 3 iso_year 2010 hour 12 minute 2 second 10
                date 2010-12-27 time 12:00:00} {
                foreach {lookup operator} {lt < lte <= gt > gte >=} {
                    fill $way ${part}__$lookup datetime
                    set compare [expr {$part in {date time} ? "\[string compare \$it $middle\] $operator 0" : "\$it $operator $middle"}]
                    says [those $part $compare] v__${part}__$lookup $middle
                }
                sound t.M
            }
        }

        test "range, in and isnull of parts, $with" {
            foreach {part low high} {year 2005 2013 month 2 7 day 1 26 quarter 1 3 week 9 52 week_day 2 4 iso_week_day 1 3 iso_year 2010 2019 hour 1 22 minute 0 9 second 3 20
                date 2005-07-26 2013-07-28 time 01:02:03 22:30:20.000050} {
                set between [expr {$part in {date time} ? "\[string compare \$it $low\] >= 0 && \[string compare \$it $high\] <= 0" : "\$it >= $low && \$it <= $high"}]
                set either "\$it eq {$low} || \$it eq {$high}"
                set pair "\[[json_of $low], [json_of $high]\]"
                fill $way ${part}__range datetime
                says [those $part $between] v__${part}__range $pair
                says {} v__${part}__range "\[[json_of $high], [json_of $low]\]"
                fill $way ${part}__in datetime
                says [those $part $either] v__${part}__in $pair
                says {} v__${part}__in {[]}
                says [those $part "\$it eq {$low}"] v__${part}__in "\[[json_of $low], null, [json_of $low]\]"
                fill $way ${part}__isnull datetime
                says $::null_pk v__${part}__isnull true
                says [those $part 1] v__${part}__isnull false
                sound t.M
            }
        }

        test "parts that no value has match nothing, or bound all, $with" {
            set every [those year 1]
            foreach {part low high} {year 0 10000 month 0 13 day 0 32 quarter 0 5 week 0 54 week_day 0 8 iso_week_day 0 8 iso_year 0 10000 hour -1 24 minute -1 60 second -1 60} {
                foreach lookup {exact gte in range} {
                    fill $way ${part}__$lookup datetime
                    foreach {odd side} [list $low 1 $high -1 -1 1 99999 -1 9223372036854775807 -1 -9223372036854775808 1 9223372036854775808 -1 -99999999999999999999 1] {
                        if {($odd == 0 || $odd == -1) && $part in {hour minute second} && $odd > $low} { continue }
                        switch $lookup {
                            exact { says {} v__${part}__exact $odd }
                            gte {
                                says [expr {$side > 0 ? $every : {}}] v__${part}__gte $odd
                                says [expr {$side > 0 ? {} : $every}] v__${part}__lt $odd
                                says [expr {$side > 0 ? {} : $every}] v__${part}__lte $odd
                                says [expr {$side > 0 ? $every : {}}] v__${part}__gt $odd
                            }
                            in { says {} v__${part}__in "\[$odd\]" }
                            range {
                                if {$side > 0} { says $every v__${part}__range "\[$odd, 9223372036854775808\]" } else { says $every v__${part}__range "\[-9223372036854775809, $odd\]" }
                                says {} v__${part}__range "\[$odd, $odd\]"
                            }
                        }
                    }
                }
            }
        }

        test "92 the first day of the calendar, and no date, $with" {
            foreach {lookup operand want} {year 1 1 month 1 1 day 1 1 week_day 2 1 iso_week_day 1 1 week 1 1 iso_year 1 1 year 0 {} quarter 1 1
                year__lt 2 1 year__lte 1 1 year__lt 1 {} year__gte 1 {1 3} year__gt 1 3 year__gt 9999 {} year__gte 9999 3 iso_year__lt 2 1 iso_year__gte 9999 3 iso_year 9999 3
                week 52 3 year__isnull true 2 month__isnull false {1 3}} {
                dated $way $lookup date
                values 0001-01-01
                null_row
                values 9999-12-31
                says $want v__$lookup $operand
                sound t.M
            }
        }

        test "a part of a datetime's date, $with" {
            foreach {lookup operand want} {date__year 2010 {1 2} date__month 12 {1 2} date__week_day 1 {1 3} date__year__lt 2011 {1 2} date__iso_year__gte 2013 3 date__day__in {[27, 28]} {2 3}
                time__hour 22 3 time__minute__gte 30 {2 3} date__gt 2010-12-26 {2 3} date__range {["2010-12-27", "2013-07-28"]} {2 3} date__year__range {[2010, 2012]} {1 2}
                date__isnull true 4 date__year__isnull false {1 2 3} date__quarter__lte 3 3 time__second 59 2 time__lt 12:00 1} {
                dated $way $lookup datetime
                values 2010-12-26T00:00:00 2010-12-27T23:59:59.999999 2013-07-28T22:30:20.000050
                null_row
                says $want v__$lookup $operand
                if {$way eq {own} && ![string match *isnull $lookup]} {
                    assert_match *index=v* [plan FILTER v__$lookup $operand]
                }
                sound t.M
            }
        }

        test "the part that an index is of is looked up by it, $with" {
            foreach type {date time datetime} {
                foreach part [parts_of $type] {
                    set operand [switch $part { date { subst 2010-12-26 } time { subst 12:00 } default { subst 1 } }]
                    foreach lookup {exact gte in range isnull} {
                        set value $operand
                        if {$lookup in {in range}} { set value "\[[json_of $operand], [json_of $operand]\]" }
                        if {$lookup eq {isnull}} { set value true }
                        fill $way ${part}__$lookup $type
                        set plan [plan FILTER v__${part}__$lookup $value]
                        switch $way {
                            none { assert {![string match *index=v* $plan]} }
                            own - all { assert_match *index=v* $plan "$type $part $lookup" }
                            value { if {$part in {year iso_year date}} { assert_match *index=v.value* $plan } }
                        }
                    }
                }
            }
        }

        test "text lookups on a part go by its text, $with" {
            foreach {lookup operand want} {year__startswith 20 {1 2} month__contains 1 {1 3} date__endswith -26 1 date__startswith 2010-12 1 time__contains :30: 2
                hour__regex ^2 2 year__iexact 1969 3 date__icontains 07-28 2 time__iendswith .999999 3 year__regex {^.9} 3} {
                if {$way eq {own} && [string match *regex $lookup]} { continue }
                dated $way $lookup datetime
                values 2010-12-26T00:00:00 2013-07-28T22:30:20.000050 1969-10-31T13:59:59.999999
                null_row
                says $want v__$lookup $operand
                if {$way eq {own} && $lookup ne {month__contains}} { assert_match *index=v__* [plan FILTER v__$lookup $operand] }
                sound t.M
            }
        }

        test "an operand that is none, $with" {
            dated $way month datetime
            values 2010-12-26T00:00:00
            foreach {lookup odd} {month a month 1.5 month {} month__in 1 month__range {[1]} month__in {["x"]} date 2010-13-01 date x time 25:00 time__range {["a", "b"]} year 2010-01-01
                month__isnull x} {
                refused {BADVALUE *} nonrel.query t.M FILTER v__$lookup $odd
            }
            foreach {lookup odd} {month__year 1 year__month 1 time__date 1 hour__hour 1 months 1 date__hour 1 time__year 1 date__date 1 month__exact__exact 1} {
                refused {NOLOOKUP *} nonrel.query t.M FILTER v__$lookup $odd
            }
        }

        test "what was changed, made NULL or deleted has its part no more, $with" {
            foreach {part old new} {month 7 8 year 2013 2014 date 2013-07-28 2014-08-28 hour 22 23 week_day 1 5} {
                dated $way $part datetime
                values 2013-07-28T22:30:20 2013-07-28T22:00:00 2013-07-28T22:00:00
                r nonrel.save t.M pk 1 v 2014-08-28T23:00:00
                r nonrel.save t.M pk 2 NULL v
                says 3 v__$part $old
                says 1 v__$part $new
                assert_equal 1 [r nonrel.delete t.M FILTER v__$part $old]
                says {} v__$part $old
                assert_equal 1 [r nonrel.delete t.M EXCLUDE v__$part $new]
                sound t.M
            }
        }

        test "several conditions on one date, $with" {
            dated $way month__gte datetime
            foreach {moment -} $::moments { values $moment }
            null_row
            assert_equal [those month {$it == 12}] [found t.M FILTER v__month 12 v__month__gte 3]
            assert_equal {1 2} [found t.M FILTER v__month 12 v__year 2010]
            assert_equal 2 [found t.M FILTER v__month 12 v__year 2010 v__hour__gte 1]
            assert_equal {} [found t.M FILTER v__month 12 v__month 7]
            assert_equal [those month {$it == 12 || $it == 7}] [found t.M Q {{"or": [{"v__month": 12}, {"v__month": 7}]}}]
            assert_equal {1 2} [found t.M FILTER v__year 2010 v__gte 2010-12-01]
            assert_equal 1 [found t.M FILTER v__year 2010 v__lt 2010-12-27]
            assert_equal {1 2} [found t.M FILTER v__year__gte 2010 v__year__lte 2010]
            assert_equal {2 1} [ordered t.M FILTER v__year 2010 ORDER -v]
        }
    }

    test {parts are of dates and times alone} {
        foreach type {int char bool uuid duration} {
            one_field false $type
            refused {NOLOOKUP *} nonrel.query t.M FILTER v__month 1
            refused {NOLOOKUP *} nonrel.index create t.M v month
        }
        one_field false date
        foreach part {hour minute second date time} { refused {NOLOOKUP *} nonrel.query t.M FILTER v__$part 1 }
        one_field false time
        foreach part {year month day week date time} { refused {NOLOOKUP *} nonrel.query t.M FILTER v__$part 1 }
    }

    test {a field may have the name of a part} {
        r flushall
        model t.M {{"fields": {"year": {"type": "int", "index": true}, "month": {"type": "date", "null": true, "index": ["month", "year"]}}}}
        rows t.M {year 7 month 2010-07-01} {year 8 month 2011-08-01}
        assert_equal 1 [found t.M FILTER year 7]
        assert_equal 2 [found t.M FILTER month__month 8]
        assert_equal 1 [found t.M FILTER month__year 2010]
        assert_equal 1 [found t.M FILTER month 2010-07-01]
        sound t.M
    }

    test_native {the keys of an index of a part} {
        one_field {["month", "date", "week_day"]} datetime
        values 2010-12-26T00:00:00
        assert_equal {t.M/s/v__date.value.set/=2010-12-26 t.M/s/v__month.value.set/=12 t.M/s/v__week_day.value.set/=1} [lsort [r keys t.M/s/*]]
        r nonrel.delete t.M ALL
        assert_equal {} [r keys t.M/s/*]
    }
}
