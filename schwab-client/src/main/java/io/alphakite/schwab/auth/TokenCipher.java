package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/**
 * Seals the token file with AES-256-GCM: a random 96-bit nonce at each writing, the purpose and the
 * key's id as associated data, the id in the envelope so that a changed key is told from a damaged
 * file.
 */
final class TokenCipher {

  private static final String FORMAT = "alpha-kite-token";
  private static final String ALGORITHM = "AES-256-GCM";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;
  private final String keyId;

  private TokenCipher(byte[] key) throws GeneralSecurityException {
    this.key = new SecretKeySpec(key, "AES");
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
    this.keyId = HexFormat.of().formatHex(digest, 0, 4);
  }

  static TokenCipher of(Secret base64) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64.reveal().strip());
    } catch (IllegalArgumentException _) {
      key = new byte[0];
    }
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("SCHWAB_TOKEN_KEY must be the base64 of 32 bytes");
    }
    try {
      return new TokenCipher(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  static boolean isEnvelope(JsonNode json) {
    return FORMAT.equals(Json.text(json, "format"));
  }

  String seal(String plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    Map<String, Object> envelope = new LinkedHashMap<>();
    envelope.put("format", FORMAT);
    envelope.put("version", 1);
    envelope.put("cipher", ALGORITHM);
    envelope.put("key_id", keyId);
    envelope.put("nonce", Base64.getEncoder().encodeToString(nonce));
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain.getBytes(StandardCharsets.UTF_8));
      envelope.put("ciphertext", Base64.getEncoder().encodeToString(sealed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
    return Json.write(envelope);
  }

  /**
   * Opens an envelope.
   *
   * @throws IllegalArgumentException with the end of a sentence about the file when it cannot
   */
  String open(JsonNode envelope) {
    if (!ALGORITHM.equals(Json.text(envelope, "cipher"))
        || !"1".equals(Json.text(envelope, "version"))) {
      throw new IllegalArgumentException("is an envelope of another version");
    }
    if (!keyId.equals(Json.text(envelope, "key_id"))) {
      throw new IllegalArgumentException("was encrypted with another SCHWAB_TOKEN_KEY");
    }
    try {
      byte[] nonce = Base64.getDecoder().decode(Json.text(envelope, "nonce", ""));
      byte[] sealed = Base64.getDecoder().decode(Json.text(envelope, "ciphertext", ""));
      return new String(cipher(Cipher.DECRYPT_MODE, nonce).doFinal(sealed), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      throw new IllegalArgumentException("is damaged: its seal is broken; log in again");
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD((FORMAT + "/1/" + keyId).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
