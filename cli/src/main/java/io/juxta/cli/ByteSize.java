package io.juxta.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 512MiB}, {@code 1.5GiB}. */
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)\\s*([MG])i?B?", Pattern.CASE_INSENSITIVE);

    @Override
    public Long convert(String value) {
        Matcher size = SIZE.matcher(value.strip());
        if (!size.matches()) {
            throw new TypeConversionException("'" + value + "' is no size: write 512MiB or 2GiB");
        }
        double unit = size.group(2).equalsIgnoreCase("M") ? 1 << 20 : 1 << 30;
        return Math.round(Double.parseDouble(size.group(1)) * unit);
    }
}
