package io.alphakite.streaming.store;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a {@link Packer} wrote.
 *
 * <p>Every method throws {@link IllegalArgumentException} when the bytes end too early.
 */
final class Unpacker {
  private final byte[] bytes;
  private int at;

  Unpacker(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean more() {
    return at < bytes.length;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = one();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        break;
      }
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** How many items follow; each takes a byte at least. */
  int count() {
    long count = number();
    if (count < 0 || count > bytes.length - at) {
      throw new IllegalArgumentException(count + " items in " + (bytes.length - at) + " bytes");
    }
    return (int) count;
  }

  boolean flag() {
    return one() != 0;
  }

  @Nullable Long numberOrNull() {
    return flag() ? number() : null;
  }

  Instant time() {
    return Instant.ofEpochSecond(number(), number());
  }

  @Nullable Instant timeOrNull() {
    return flag() ? time() : null;
  }

  String text() {
    return new String(block(), StandardCharsets.UTF_8);
  }

  @Nullable String textOrNull() {
    return flag() ? text() : null;
  }

  BigInteger big() {
    return new BigInteger(block());
  }

  UUID uuid() {
    return new UUID(number(), number());
  }

  byte[] block() {
    int length = count();
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  private byte one() {
    if (at >= bytes.length) {
      throw new IllegalArgumentException("the bytes end too early");
    }
    return bytes[at++];
  }
}
