package io.alphakite.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Looks for secrets in what a program shows, in whatever way they may be written there: raw,
 * percent-encoded once and twice, in JSON's escapes, hexadecimal, in both base64 alphabets (also as
 * a part of something longer), and any of these within gzip that is itself raw, base64 or
 * hexadecimal. Case is not regarded.
 */
public final class SecretSearch {

  private static final int AROUND = 80;
  private static final int UNZIPPED_MAX = 1 << 20;
  private static final Pattern GZIP_BASE64 = Pattern.compile("H4sI[A-Za-z0-9+/_-]{8,}");
  private static final Pattern GZIP_HEX = Pattern.compile("1[fF]8[bB]08(?:[0-9a-fA-F]{2}){8,}");
  private static final String GZIP_RAW = "\u001f\u008b\u0008";

  private final Map<String, Set<String>> forms = new LinkedHashMap<>();

  /**
   * Prepares the search.
   *
   * @param secrets by what they are; each long enough not to be met by chance
   */
  public SecretSearch(Map<String, String> secrets) {
    secrets.forEach(
        (what, secret) -> {
          if (secret.length() < 8) {
            throw new IllegalArgumentException(what + ": shorter than 8 characters");
          }
          forms.put(what, forms(secret));
        });
  }

  /**
   * What is found in a text, a line for each: the secret's name and the words around it.
   *
   * @param where names the text
   */
  public List<String> in(String where, String text) {
    List<String> found = new ArrayList<>(plain(where, text));
    Matcher base64 = GZIP_BASE64.matcher(text);
    while (base64.find()) {
      found.addAll(plain(where + " (gzip)", unzipped(base64(base64.group()))));
    }
    Matcher hex = GZIP_HEX.matcher(text);
    while (hex.find()) {
      found.addAll(plain(where + " (gzip)", unzipped(HexFormat.of().parseHex(hex.group()))));
    }
    return found;
  }

  /** The same for bytes, such as a file or a body. */
  public List<String> in(String where, byte[] bytes) {
    // One character for each byte, so that nothing is lost; secrets are ASCII.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<String> found = new ArrayList<>(in(where, text));
    for (int at = text.indexOf(GZIP_RAW); at >= 0; at = text.indexOf(GZIP_RAW, at + 1)) {
      byte[] rest = text.substring(at).getBytes(StandardCharsets.ISO_8859_1);
      found.addAll(plain(where + " (gzip)", unzipped(rest)));
    }
    return found;
  }

  private List<String> plain(String where, String text) {
    String low = text.toLowerCase(Locale.ROOT);
    List<String> found = new ArrayList<>();
    forms.forEach(
        (what, written) -> {
          for (String form : written) {
            int at = low.indexOf(form);
            if (at >= 0) {
              found.add(
                  "%s in %s: %s"
                      .formatted(
                          what,
                          where,
                          text.substring(
                              Math.max(0, at - AROUND),
                              Math.min(text.length(), at + form.length() + AROUND))));
              break;
            }
          }
        });
    return found;
  }

  private static Set<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String once = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    Set<String> all = new LinkedHashSet<>();
    all.add(secret);
    all.add(once);
    all.add(URLEncoder.encode(once, StandardCharsets.UTF_8));
    String quoted = secret.replace("\\", "\\\\").replace("\"", "\\\"");
    all.add(quoted);
    all.add(quoted.replace("/", "\\/"));
    all.add(escaped(secret, false));
    all.add(escaped(secret, true));
    all.add(HexFormat.of().formatHex(bytes));
    for (int lead = 0; lead < 3; lead++) {
      String part = inner(bytes, lead);
      all.add(part);
      all.add(part.replace('+', '-').replace('/', '_'));
    }
    Set<String> low = new LinkedHashSet<>();
    all.forEach(form -> low.add(form.toLowerCase(Locale.ROOT)));
    return low;
  }

  /** As {@code \}{@code u0040}: what is neither letter nor digit, or everything. */
  private static String escaped(String secret, boolean everything) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < secret.length(); i++) {
      char c = secret.charAt(i);
      if (!everything && Character.isLetterOrDigit(c)) {
        text.append(c);
      } else {
        text.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return text.toString();
  }

  /** Base64 of the bytes behind so many others: the characters that no neighbour has a part in. */
  private static String inner(byte[] bytes, int lead) {
    byte[] shifted = new byte[lead + bytes.length];
    System.arraycopy(bytes, 0, shifted, lead, bytes.length);
    int first = lead == 0 ? 0 : 4;
    int whole = shifted.length / 3 * 4;
    return Base64.getEncoder().encodeToString(shifted).substring(first, whole);
  }

  private static byte[] base64(String text) {
    String standard = text.replace('-', '+').replace('_', '/');
    // A cut quantum at the end: gzip can be read up to there.
    return Base64.getDecoder().decode(standard.substring(0, standard.length() / 4 * 4));
  }

  private static String unzipped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    byte[] piece = new byte[4_096];
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      for (int n = in.read(piece); n > 0 && text.length() < UNZIPPED_MAX; n = in.read(piece)) {
        text.append(new String(piece, 0, n, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException _) {
      // No gzip, or cut: what could be read counts.
    }
    return text.toString();
  }
}
