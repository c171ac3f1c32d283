@NullMarked
package io.alphakite.schwab.stream.activity;

import org.jspecify.annotations.NullMarked;
