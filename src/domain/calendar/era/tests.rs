use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_date_is_read_in_every_form_that_people_use() {
    for form in [
        "2025-10-31",
        "2025/10/31",
        "2025年10月31日",
        "令和7年10月31日",
        "R7.10.31",
        "r7/10/31",
        "Ｒ７．１０．３１",
        "令和７年１０月３１日",
        " 令和 7 年 10 月 31 日 ",
        "令和7年(2025年)10月31日",
        "2025年（令和7年）10月31日（金）",
        "2025-10-31(金)",
        "令和7年10月31日金曜日",
        "㋿7年10月31日",
        "令7.10.31",
        "令和07年10月31日",
        "R07/10/31",
        "2025−10−31",
        "2025－10－31",
        "R7ー10ー31",
        "令和七年十月三十一日",
        "令和七年一〇月三一日（金）",
        "二〇二五年十月三十一日",
    ] {
        assert_eq!(parse_date(form), Ok(day("2025-10-31")), "{form}");
    }
    for form in [
        "令和元年5月1日",
        "令和元年五月一日",
        "令和1年5月1日",
        "R元.5.1",
        "令元.5.1",
        "R1.5.1",
        "令和元年（2019年）5月1日（水）",
    ] {
        assert_eq!(parse_date(form), Ok(day("2019-05-01")), "{form}");
    }
    assert_eq!(parse_date("令和 6 年 7 月 4 日"), Ok(day("2024-07-04")));
    assert_eq!(parse_date("H31.4.30"), Ok(day("2019-04-30")));
    assert_eq!(parse_date("昭和64年1月7日"), Ok(day("1989-01-07")));
    assert_eq!(parse_date("R8.2.23(月・祝)"), Ok(day("2026-02-23")));
    assert_eq!(parse_date("令和8年(2026年)3月13日"), Ok(day("2026-03-13")));
}

#[test]
fn what_is_no_date_is_refused_and_quoted() {
    for bad in [
        "",
        "不明",
        "25/10/31",
        "2025-10",
        "2025-10/31",
        "令和7年10月",
        "R0.1.1",
        "大正3年1月1日",
        "令和",
        "令和和7年10月31日",
        "7.10.31",
        "20251031",
        "2025-10-31頃",
        "0025-10-31",
        "2025-10-311",
    ] {
        let Err(BadDate::Unreadable(given)) = parse_date(bad) else {
            panic!("{bad} was read");
        };
        assert_eq!(given, bad);
    }
    for never in [
        "令和7年2月30日",
        "令和七年二月三十日",
        "R7.2.30",
        "令和7年13月1日",
        "令和7年4月31日",
    ] {
        let error = parse_date(never).unwrap_err();
        assert_eq!(error, BadDate::NoSuchDay(never.to_owned()));
        assert!(error.text().ja.contains(never) && error.text().en.contains(never));
    }
    assert!(matches!(
        parse_date("2025-02-29"),
        Err(BadDate::NoSuchDay(_))
    ));
}

#[test]
fn a_western_year_may_stand_before_the_word_for_year() {
    for form in [
        "令和7(2025)年1月5日",
        "令和7（2025）年1月5日",
        "令和７（２０２５）年１月５日",
        "令和7(2025年)年1月5日",
        "令和7年(2025年)1月5日",
        "令和7年（2025年）1月5日（日）",
        "2025(令和7)年1月5日",
    ] {
        assert_eq!(
            parse_date(form).unwrap().to_string(),
            "2025-01-05",
            "{form}"
        );
    }
    for form in ["令和8(2025)年1月5日", "令和8（2025）年1月5日"] {
        let wrong = BadDate::YearsDisagree {
            era: 2026,
            western: 2025,
        };
        assert_eq!(parse_date(form), Err(wrong), "{form}");
    }
    // One that stands there twice is not chosen between.
    assert!(parse_date("令和7(2025)年(2026年)1月5日").is_err());
}

#[test]
fn a_day_before_or_after_its_era_is_refused_with_the_right_era() {
    for (bad, right) in [
        ("平成31年5月1日", "令和元年5月1日"),
        ("令和元年4月30日", "平成31年4月30日"),
        ("昭和64年1月8日", "平成元年1月8日"),
        ("昭和元年12月24日", "1926年12月24日"),
        ("R1.4.30", "平成31年4月30日"),
        ("H1.1.7", "昭和64年1月7日"),
        ("令和元年(2019年)1月1日", "平成31年1月1日"),
    ] {
        let Err(BadDate::OutsideEra { right: named, .. }) = parse_date(bad) else {
            panic!("{bad} was read");
        };
        assert_eq!(named, right);
    }
}

#[test]
fn a_date_that_contradicts_itself_is_refused() {
    assert_eq!(
        parse_date("令和8年(2025年)3月13日"),
        Err(BadDate::YearsDisagree {
            era: 2026,
            western: 2025
        })
    );
    assert_eq!(
        parse_date("2025年(令和8年)3月13日"),
        Err(BadDate::YearsDisagree {
            era: 2026,
            western: 2025
        })
    );
    let error = parse_date("2025年8月1日(月)").unwrap_err();
    assert_eq!(
        error,
        BadDate::WeekdayDisagrees {
            written: '月',
            right: '金'
        }
    );
    assert!(error.text().ja.contains("金曜日"));
}

#[test]
fn a_wrong_weekday_or_year_is_said_however_it_is_written() {
    for (bad, says) in [
        ("2025-08-01(月)", "金曜日"),
        ("令和7年8月1日月曜日", "金曜日"),
        ("R7.8.1（月・祝）", "金曜日"),
        ("R7(2024年).8.1", "読めません"),
        ("令和7年(2024)8月1日", "2024年"),
        ("2024年8月1日(令和7年)", "2024年"),
    ] {
        let told = parse_date(bad).unwrap_err().text();
        assert!(told.ja.contains(says), "{bad}: {}", told.ja);
    }
}

#[test]
fn a_serial_number_of_a_spreadsheet_is_its_day() {
    for (serial, on) in [
        (1.0, "1900-01-01"),
        (59.0, "1900-02-28"),
        (61.0, "1900-03-01"),
        (43_586.0, "2019-05-01"),
        (45_961.0, "2025-10-31"),
        (45_961.75, "2025-10-31"),
        (2_958_465.0, "9999-12-31"),
    ] {
        assert_eq!(from_excel_serial(serial), Ok(day(on)), "{serial}");
    }
    assert_eq!(from_excel_serial(60.0), Err(BadDate::SerialOfNoDay));
    for bad in [0.0, -1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(from_excel_serial(bad), Err(BadDate::NoSerial(_))));
    }
}

#[test]
fn a_date_is_written_in_its_era_and_read_back() {
    assert_eq!(format_ja(day("2026-11-20")), "令和8年11月20日");
    assert_eq!(format_ja(day("2019-05-01")), "令和元年5月1日");
    assert_eq!(format_ja(day("2019-04-30")), "平成31年4月30日");
    let mut date = day("1926-12-25");
    while date < day("2040-01-01") {
        assert_eq!(parse_date(&format_ja(date)), Ok(date));
        date += chrono::TimeDelta::days(13);
    }
}
