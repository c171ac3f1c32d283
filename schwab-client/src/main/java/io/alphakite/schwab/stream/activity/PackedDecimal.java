package io.alphakite.schwab.stream.activity;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A decimal as account activity packs it: {@code {"lo":"2134091","signScale":8}} is 213.4091. The
 * value is {@code lo / 10^(signScale div 2)}, negative when {@code signScale} is odd; a missing
 * {@code lo} is 0, and {@code {}} is no value at all.
 *
 * <p>A {@code hi} member would be more of the number, in a place that nobody has seen: a value with
 * one is refused, as is every other form, a plain number included.
 */
final class PackedDecimal {

  /** The largest that {@code lo} can hold, 64 bits without a sign, has twenty digits. */
  private static final int LO_DIGITS_MAX = 20;

  private static final BigInteger LO_MAX =
      BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

  /** The most decimals of the type that Schwab packs. */
  private static final int SCALE_MAX = 28;

  private PackedDecimal() {}

  /**
   * Unpacks a value.
   *
   * @param value absent as null
   * @return null when there is no value
   * @throws IllegalArgumentException when it has another form
   */
  static @Nullable BigDecimal unpack(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isObject()) {
      throw new IllegalArgumentException("not a packed decimal");
    }
    if (value.has("hi")) {
      throw new IllegalArgumentException("a packed decimal with a high part");
    }
    if (value.isEmpty()) {
      return null;
    }
    JsonNode lo = value.get("lo");
    JsonNode signScale = value.get("signScale");
    if (lo == null && signScale == null) {
      throw new IllegalArgumentException("a packed decimal with unknown members");
    }
    BigInteger digits = lo == null ? BigInteger.ZERO : natural(lo);
    int sign = signScale == null ? 0 : natural(signScale).min(BigInteger.valueOf(99)).intValue();
    int scale = sign / 2;
    if (digits.compareTo(LO_MAX) > 0 || scale > SCALE_MAX) {
      throw new IllegalArgumentException("a packed decimal out of range");
    }
    return new BigDecimal(sign % 2 == 0 ? digits : digits.negate(), scale);
  }

  /** A number without sign and decimals, also written as text. */
  private static BigInteger natural(JsonNode value) {
    String text = value.isString() ? value.stringValue() : "";
    if (value.isIntegralNumber()) {
      text = value.bigIntegerValue().toString();
    }
    if (text.isEmpty()
        || text.length() > LO_DIGITS_MAX
        || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("a packed decimal with a member that is no whole number");
    }
    return new BigInteger(text);
  }
}
