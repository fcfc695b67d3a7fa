-- The distinct texts of the table unread_numbers that are written numbers: the number with a decimal point (NULL for one
-- whose lone separator may be either sign), the decimal sign it shows, and its lone separator.
SELECT text, with_point(number, NULL) AS number, decimal_sign(number) AS shows,
    with_point(number, '.') AS with_point, with_point(number, ',') AS with_comma,
    CASE WHEN has_lone_separator(number) THEN regexp_extract(number, '[.,]') END AS lone
FROM (SELECT text, signed_number(text) AS number FROM unread_numbers)
