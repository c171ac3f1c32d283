package io.alphakite.gateway.access;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to the gateway.
 *
 * @param adminKey the bootstrap key, when one is set
 * @param publicRead whether market data is readable without a key
 * @param hosts names the gateway answers to, in lower case
 * @param publicUrl where a proxy shows the gateway to the world, when one does
 */
record AccessSettings(
    Optional<String> adminKey, boolean publicRead, Set<String> hosts, @Nullable URI publicUrl) {
  private static final Pattern KEY = Pattern.compile("\\P{Cntrl}{16,512}");
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]+]");
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  AccessSettings {
    hosts = Set.copyOf(hosts);
  }

  static AccessSettings from(Settings settings) {
    Optional<String> adminKey = settings.text("KITE_ADMIN_KEY");
    adminKey.ifPresent(
        key -> {
          if (!KEY.matcher(key).matches()) {
            throw new SettingsException("KITE_ADMIN_KEY is not 16 to 512 printable characters");
          }
        });
    String address = settings.text("BIND_ADDRESS", "127.0.0.1").toLowerCase(Locale.ROOT);
    URI publicUrl = settings.text("KITE_PUBLIC_URL").map(AccessSettings::publicUrl).orElse(null);
    Set<String> named = hosts(settings.text("KITE_ALLOWED_HOSTS", ""));
    Set<String> hosts = new TreeSet<>(LOOPBACK);
    hosts.add(bracketed(address));
    hosts.addAll(named);
    if (publicUrl != null) {
      hosts.add(publicUrl.getHost().toLowerCase(Locale.ROOT));
    }
    boolean private_ = LOOPBACK.contains(bracketed(address)) || address.startsWith("127.");
    boolean proxied = publicUrl != null || !named.isEmpty();
    return new AccessSettings(
        adminKey, settings.flag("KITE_PUBLIC_READ", private_ && !proxied), hosts, publicUrl);
  }

  /** Whether browsers reach the gateway over TLS. */
  boolean secure() {
    return publicUrl != null && "https".equals(publicUrl.getScheme());
  }

  private static Set<String> hosts(String list) {
    Set<String> hosts = new TreeSet<>();
    for (String name : list.split(",", -1)) {
      String host = name.strip().toLowerCase(Locale.ROOT);
      if (host.isEmpty()) {
        continue;
      }
      if (!HOST.matcher(host).matches()) {
        throw new SettingsException(
            "KITE_ALLOWED_HOSTS names \"" + host + "\", which is not a host name without a port");
      }
      hosts.add(host);
    }
    return hosts;
  }

  private static URI publicUrl(String text) {
    try {
      URI url = URI.create(text);
      String scheme = url.getScheme();
      if (url.getHost() != null && ("https".equals(scheme) || "http".equals(scheme))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw invalidPublicUrl(text);
    }
    throw invalidPublicUrl(text);
  }

  private static SettingsException invalidPublicUrl(String text) {
    return new SettingsException(
        "KITE_PUBLIC_URL=" + text + " is not a URL such as https://kite.example.com");
  }

  private static String bracketed(String address) {
    return address.contains(":") && !address.startsWith("[") ? "[" + address + "]" : address;
  }
}
