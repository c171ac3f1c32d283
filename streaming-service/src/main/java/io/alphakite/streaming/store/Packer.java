package io.alphakite.streaming.store;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Values as few bytes: small numbers take one, of either sign. */
final class Packer {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  void number(long value) {
    long left = (value << 1) ^ (value >> (Long.SIZE - 1));
    while ((left & ~0x7FL) != 0) {
      bytes.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }

  void flag(boolean value) {
    bytes.write(value ? 1 : 0);
  }

  void numberOrNull(@Nullable Long value) {
    flag(value != null);
    if (value != null) {
      number(value);
    }
  }

  void time(Instant time) {
    number(time.getEpochSecond());
    number(time.getNano());
  }

  void timeOrNull(@Nullable Instant time) {
    flag(time != null);
    if (time != null) {
      time(time);
    }
  }

  void text(String text) {
    block(text.getBytes(StandardCharsets.UTF_8));
  }

  void textOrNull(@Nullable String text) {
    flag(text != null);
    if (text != null) {
      text(text);
    }
  }

  void big(BigInteger value) {
    block(value.toByteArray());
  }

  void uuid(UUID id) {
    number(id.getMostSignificantBits());
    number(id.getLeastSignificantBits());
  }

  /** Bytes with their count before them. */
  void block(byte[] content) {
    number(content.length);
    bytes.writeBytes(content);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
