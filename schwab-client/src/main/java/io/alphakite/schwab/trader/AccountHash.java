package io.alphakite.schwab.trader;

import java.util.regex.Pattern;

/** Schwab's {@code hashValue} of an account: what stands in paths in place of its number. */
public record AccountHash(String value) {

  private static final Pattern FORMAT = Pattern.compile("[A-Za-z0-9_-]{1,128}");

  public AccountHash {
    if (!FORMAT.matcher(value).matches()) {
      throw new IllegalArgumentException("not an account hash");
    }
  }

  @Override
  public String toString() {
    return value.substring(0, Math.min(6, value.length())) + "...";
  }
}
