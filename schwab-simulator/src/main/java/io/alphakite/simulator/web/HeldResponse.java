package io.alphakite.simulator.web;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer whose body waits here until it is decided what becomes of it. */
final class HeldResponse extends HttpServletResponseWrapper {
  private final Map<String, String> before = new HashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final PrintWriter writer = new PrintWriter(body, false, StandardCharsets.UTF_8);
  private final ServletOutputStream stream =
      new ServletOutputStream() {
        @Override
        public void write(int b) {
          body.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
          body.write(bytes, offset, length);
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
          throw new UnsupportedOperationException("the body is held, not written");
        }
      };

  HeldResponse(HttpServletResponse response) {
    super(response);
    for (String name : response.getHeaderNames()) {
      before.put(name, response.getHeader(name));
    }
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return stream;
  }

  @Override
  public PrintWriter getWriter() {
    return writer;
  }

  @Override
  public void flushBuffer() {
    // Nothing leaves before it is released.
  }

  @Override
  public void setContentLength(int length) {
    // Told when the body is released.
  }

  @Override
  public void setContentLengthLong(long length) {
    // Told when the body is released.
  }

  @Override
  public void sendError(int status) {
    setStatus(status);
  }

  @Override
  public void sendError(int status, @Nullable String message) {
    setStatus(status);
  }

  /** Forgets what the handler said; the headers from before it stay. */
  void forget() {
    HttpServletResponse response = (HttpServletResponse) getResponse();
    response.reset();
    before.forEach(response::setHeader);
  }

  /** Sends everything. */
  void release() throws IOException {
    writer.flush();
    getResponse().setContentLength(body.size());
    body.writeTo(getResponse().getOutputStream());
  }

  /** Sends the headers and so much of the body, though the length tells of all of it. */
  void release(int bytes) throws IOException {
    writer.flush();
    byte[] all = body.toByteArray();
    getResponse().setContentLength(all.length);
    getResponse().getOutputStream().write(all, 0, Math.min(bytes, all.length));
    getResponse().flushBuffer();
  }
}
