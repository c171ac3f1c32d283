package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** https and wss with the certificate that the simulator makes. */
@Timeout(300)
class TlsTest {
  private static SSLContext trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
      store.setCertificateEntry("simulator", certificate);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void speaksHttpsAndWssToWhoTrustsItsCertificate(@TempDir Path state) throws Exception {
    Path pem;
    String made;
    try (SimulatorServer server =
            Servers.start("SIMULATOR_TLS", "true", "SIMULATOR_STATE_DIR", state.toString());
        HttpClient stranger = HttpClient.newHttpClient()) {
      pem = server.certificate().orElseThrow();
      made = Files.readString(pem);
      HttpRequest request =
          HttpRequest.newBuilder(server.baseUrl().resolve("/trader/v1/userPreference"))
              .header("Authorization", "Bearer " + server.login().accessToken())
              .build();
      assertThatThrownBy(() -> stranger.send(request, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(SSLException.class);
      try (HttpClient client = HttpClient.newBuilder().sslContext(trusting(pem)).build()) {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        String streamer =
            TestClient.JSON
                .readTree(answer.body())
                .path("streamerInfo")
                .path(0)
                .path("streamerSocketUrl")
                .asString();
        assertThat(streamer).startsWith("wss://127.0.0.1:");
        WebSocket socket =
            client
                .newWebSocketBuilder()
                .buildAsync(URI.create(streamer), new WebSocket.Listener() {})
                .get(60, TimeUnit.SECONDS);
        socket.abort();
      }
    }
    try (SimulatorServer again =
        Servers.start("SIMULATOR_TLS", "true", "SIMULATOR_STATE_DIR", state.toString())) {
      assertThat(Files.readString(again.certificate().orElseThrow())).isEqualTo(made);
    }
  }
}
