package io.alphakite.gateway.access;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts the gateway answers to, and which pages may call it.
 *
 * <p>The first stops a name that an attacker points at this machine (DNS rebinding); the second
 * every page that the gateway did not serve itself, whatever cookies the browser would add.
 */
final class Origins {
  private final Set<String> hosts;
  private final @Nullable URI publicUrl;

  Origins(AccessSettings settings) {
    this.hosts = settings.hosts();
    this.publicUrl = settings.publicUrl();
  }

  /** Whether the value of a Host header names this gateway. */
  boolean hostAllowed(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    int end = name.startsWith("[") ? name.indexOf(']') + 1 : name.indexOf(':');
    if (end > 0) {
      if (end < name.length() && !name.substring(end).matches(":\\d{1,5}")) {
        return false;
      }
      name = name.substring(0, end);
    }
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return hosts.contains(name);
  }

  /** Whether the value of an Origin header is the gateway's own, as this request reached it. */
  boolean originAllowed(String origin, String host) {
    String own = host.toLowerCase(Locale.ROOT);
    String from = origin.toLowerCase(Locale.ROOT);
    if (from.equals("http://" + own) || from.equals("https://" + own)) {
      return true;
    }
    return publicUrl != null
        && from.equals(
            publicUrl.getScheme() + "://" + publicUrl.getAuthority().toLowerCase(Locale.ROOT));
  }
}
