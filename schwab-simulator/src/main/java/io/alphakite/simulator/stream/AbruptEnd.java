package io.alphakite.simulator.stream;

import jakarta.websocket.Session;
import java.lang.reflect.Field;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Cuts the socket under a WebSocket without a close frame, which a client sees as code 1006. The
 * WebSocket API has no such thing, and Tomcat keeps the socket to itself; so its fields are read.
 */
final class AbruptEnd {
  private AbruptEnd() {}

  /**
   * Closes the socket now; what Tomcat thinks of the session stays as it is.
   *
   * @throws IllegalStateException when this Tomcat keeps its socket elsewhere
   */
  static void of(WebSocketSession session) {
    if (!(session instanceof NativeWebSocketSession outer)
        || !(outer.getNativeSession() instanceof Session inner)) {
      throw new IllegalStateException("no native session");
    }
    try {
      Object remote = value(inner, inner.getClass(), "wsRemoteEndpoint");
      if (value(remote, remote.getClass(), "socketWrapper")
          instanceof SocketWrapperBase<?> socket) {
        socket.close();
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Tomcat keeps its socket elsewhere", e);
    }
  }

  private static Object value(Object holder, Class<?> type, String name)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    Object value = field.get(holder);
    if (value == null) {
      throw new NoSuchFieldException(name + " is null");
    }
    return value;
  }
}
