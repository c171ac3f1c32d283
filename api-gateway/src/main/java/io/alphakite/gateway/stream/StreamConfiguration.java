package io.alphakite.gateway.stream;

import io.alphakite.gateway.access.Caller;
import io.alphakite.gateway.web.Problem;
import io.alphakite.gateway.web.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Where the stream is and who may connect; host and origin were checked at the door. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class StreamConfiguration implements WebSocketConfigurer {
  private static final int CONNECTIONS_MAX = 200;
  // What lies in the socket's buffer is old by the time a slow client reads it.
  private static final String SEND_BUFFER_BYTES = "131072";

  private final StreamHandler handler;
  private final Hub hub;
  private final ProblemWriter problems;

  StreamConfiguration(StreamHandler handler, Hub hub, ProblemWriter problems) {
    this.handler = handler;
    this.hub = hub;
    this.problems = problems;
  }

  @Override
  public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
    registry
        .addHandler(handler, "/v1/stream")
        .setAllowedOriginPatterns("*")
        .setHandshakeHandler(new PlainHandshake())
        .addInterceptors(new Doorman());
  }

  @Bean
  static WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallSendBuffers() {
    return tomcat ->
        tomcat.addConnectorCustomizers(
            connector -> connector.setProperty("socket.txBufSize", SEND_BUFFER_BYTES));
  }

  /** Without compression: it would cost a quarter of a megabyte per client. */
  private static final class PlainHandshake extends DefaultHandshakeHandler {
    @Override
    protected List<WebSocketExtension> filterRequestedExtensions(
        ServerHttpRequest request,
        List<WebSocketExtension> requested,
        List<WebSocketExtension> supported) {
      return List.of();
    }
  }

  private final class Doorman implements HandshakeInterceptor {
    @Override
    public boolean beforeHandshake(
        ServerHttpRequest request,
        ServerHttpResponse response,
        WebSocketHandler stream,
        Map<String, Object> attributes)
        throws IOException {
      if (!"websocket".equalsIgnoreCase(request.getHeaders().getUpgrade())) {
        return refuse(
            response,
            Problem.of(
                HttpStatus.UPGRADE_REQUIRED,
                "upgrade_required",
                "This is a WebSocket.",
                "Connect with a WebSocket client."));
      }
      if (hub.size() >= CONNECTIONS_MAX) {
        return refuse(
            response,
            Problem.of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "too_many_connections",
                "There are " + CONNECTIONS_MAX + " connections.",
                "Close some."));
      }
      HttpServletRequest servlet = ((ServletServerHttpRequest) request).getServletRequest();
      Caller.of(servlet).ifPresent(principal -> attributes.put(StreamHandler.PRINCIPAL, principal));
      return true;
    }

    @Override
    public void afterHandshake(
        ServerHttpRequest request,
        ServerHttpResponse response,
        WebSocketHandler stream,
        @Nullable Exception failure) {}

    private boolean refuse(ServerHttpResponse response, Problem problem) throws IOException {
      problems.write(((ServletServerHttpResponse) response).getServletResponse(), problem);
      return false;
    }
  }
}
