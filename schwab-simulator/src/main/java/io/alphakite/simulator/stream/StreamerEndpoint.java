package io.alphakite.simulator.stream;

import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** Ties WebSocket sessions to the hub. */
public final class StreamerEndpoint extends TextWebSocketHandler {
  private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
  private static final int MAX_REQUEST = 256 * 1024;

  /** Those that have not logged in included; more are turned away. */
  private static final int MAX_CONNECTIONS = 100;

  private final StreamerHub hub;
  private final Duration stallLimit;
  private final Map<String, StreamConnection> connections = new ConcurrentHashMap<>();

  /**
   * @param stallLimit how long one write may wait for the client to read
   */
  public StreamerEndpoint(StreamerHub hub, Duration stallLimit) {
    this.hub = hub;
    this.stallLimit = stallLimit;
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) throws IOException {
    session.setTextMessageSizeLimit(MAX_REQUEST);
    if (session instanceof NativeWebSocketSession outer
        && outer.getNativeSession() instanceof Session inner) {
      inner.getUserProperties().put(SEND_TIMEOUT, stallLimit.toMillis());
    }
    if (connections.size() >= MAX_CONNECTIONS) {
      session.close(CloseStatus.SERVICE_OVERLOAD);
      return;
    }
    connections.put(session.getId(), hub.opened(session));
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage message)
      throws InterruptedException {
    StreamConnection connection = connections.get(session.getId());
    if (connection != null) {
      hub.received(connection, message.getPayload());
    }
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable exception) {
    gone(session);
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    gone(session);
  }

  private void gone(WebSocketSession session) {
    StreamConnection connection = connections.remove(session.getId());
    if (connection != null) {
      hub.closed(connection);
    }
  }
}
