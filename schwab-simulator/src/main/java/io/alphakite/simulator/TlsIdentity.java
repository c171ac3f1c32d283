package io.alphakite.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A key and a certificate signed by itself, made by the JDK's keytool: no other part of the JDK
 * makes certificates. With a state directory they stay the same from start to start, else they are
 * gone with the simulator.
 *
 * @param temporary whether it goes with the simulator
 */
record TlsIdentity(Path directory, boolean temporary) {
  /** Guards nothing: the key is a simulator's. */
  static final String PASSWORD = "simulator";

  static final String ALIAS = "simulator";

  private static final int LIMIT_SECONDS = 60;

  /**
   * @param names host names and addresses besides loopback that the certificate is for
   * @throws IllegalStateException with one line when it cannot be made
   */
  static TlsIdentity in(@Nullable Path stateDirectory, Set<String> names) {
    try {
      Path directory =
          stateDirectory == null ? Files.createTempDirectory("simulator-tls") : stateDirectory;
      TlsIdentity identity = new TlsIdentity(directory, stateDirectory == null);
      if (!Files.exists(identity.keyStore())) {
        make(identity.keyStore(), names);
      }
      write(identity.keyStore(), identity.certificate());
      return identity;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be made (SIMULATOR_TLS): " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while a certificate was made", e);
    }
  }

  private static void make(Path keyStore, Set<String> names)
      throws IOException, InterruptedException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    List<String> command =
        new ArrayList<>(
            List.of(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=Schwab simulator",
                "-validity",
                "825",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of("-ext", "SAN=" + alternatives(names)));
    command.addAll(List.of("-ext", "bc:c=ca:true", "-ext", "eku=serverAuth"));
    command.addAll(List.of("-ext", "ku:c=digitalSignature,keyCertSign"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("keytool did not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException("keytool: " + output);
    }
  }

  private static String alternatives(Set<String> names) {
    Set<String> all = new TreeSet<>(Set.of("dns:localhost", "ip:127.0.0.1", "ip:0:0:0:0:0:0:0:1"));
    for (String name : names) {
      if (name.matches("[0-9.]+")) {
        all.add("ip:" + name);
      } else if (name.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*")) {
        all.add("dns:" + name);
      }
    }
    all.remove("ip:0.0.0.0");
    return String.join(",", all);
  }

  private static void write(Path keyStore, Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keyStore)) {
      store.load(in, PASSWORD.toCharArray());
    }
    byte[] encoded = store.getCertificate(ALIAS).getEncoded();
    Files.writeString(
        certificate,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
            + "\n-----END CERTIFICATE-----\n");
  }

  private Path keyStore() {
    return directory.resolve("tls.p12");
  }

  /** PEM: what a client must trust. */
  Path certificate() {
    return directory.resolve("tls.pem");
  }

  /** What makes Boot's web server speak TLS with it. */
  List<String> serverArguments() {
    return List.of(
        "--server.ssl.enabled=true",
        "--server.ssl.key-store=file:" + keyStore().toAbsolutePath(),
        "--server.ssl.key-store-type=PKCS12",
        "--server.ssl.key-store-password=" + PASSWORD,
        "--server.ssl.key-alias=" + ALIAS);
  }

  /** Removes what nobody can use any more. */
  void close() {
    if (!temporary) {
      return;
    }
    try {
      Files.deleteIfExists(keyStore());
      Files.deleteIfExists(certificate());
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }
}
