package io.alphakite.schwab.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The one rule about which addresses may be called: encrypted ones anywhere, plain {@code http} and
 * {@code ws} only to loopback or to a neighbour in the compose network (a host name of one label,
 * such as {@code schwab-simulator}).
 *
 * <p>A single label of digits is refused for plain text: resolvers read it as an IPv4 address.
 */
public final class Endpoint {

  private static final Pattern LOOPBACK_V4 = Pattern.compile("127(\\.\\d{1,3}){3}");
  private static final Pattern SINGLE_LABEL = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

  private Endpoint() {}

  /**
   * Reads a base URL for REST calls.
   *
   * @param setting the name to put into the error
   * @return the URL without a trailing slash
   * @throws IllegalArgumentException with one line naming the setting
   */
  public static URI http(String setting, String text) {
    return check(setting, text, "https", "http");
  }

  /** Reads a WebSocket URL; otherwise as {@link #http}. */
  public static URI webSocket(String setting, String text) {
    return check(setting, text, "wss", "ws");
  }

  /** Whether the host is this machine itself: {@code localhost}, 127.0.0.0/8 or ::1. */
  public static boolean isLoopback(URI uri) {
    String host = host(uri);
    return host.equals("localhost") || host.equals("[::1]") || LOOPBACK_V4.matcher(host).matches();
  }

  private static URI check(String setting, String text, String encrypted, String plain) {
    URI uri;
    try {
      uri = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(setting + " is not a URL: " + shown(text), e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String host = host(uri);
    if (host.isEmpty() || !(scheme.equals(encrypted) || scheme.equals(plain))) {
      throw new IllegalArgumentException(
          setting + " must be an " + encrypted + ":// URL with a host: " + shown(text));
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException(setting + " must not carry user, query or fragment");
    }
    if (scheme.equals(plain) && !isLoopback(uri) && !SINGLE_LABEL.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "%s: %s is allowed only to loopback or the compose network, use %s: %s"
              .formatted(setting, plain, encrypted, text));
    }
    String written = uri.toString();
    return written.endsWith("/") ? URI.create(written.substring(0, written.length() - 1)) : uri;
  }

  /** What may carry a password is not repeated. */
  private static String shown(String text) {
    return text.contains("@") ? "(not shown)" : text;
  }

  private static String host(URI uri) {
    return uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
  }
}
