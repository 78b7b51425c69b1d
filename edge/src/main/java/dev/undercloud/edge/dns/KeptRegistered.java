package dev.undercloud.edge.dns;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Level-triggered epoll that never loses a socket. Netty 4.2.18 takes a socket without any interest
 * out of epoll but then changes it as if it were there, which fails: a client that has sent its
 * last question while reading was paused would never get the rest of its answers. Interest in
 * errors, which epoll always has, keeps the socket in.
 */
final class KeptRegistered implements IoHandler {
  private final IoHandler epoll;

  private KeptRegistered(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory of(IoHandlerFactory factory) {
    return executor -> new KeptRegistered(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle));
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return epoll.isCompatible(handleType);
  }

  private record Registration(IoRegistration epoll) implements IoRegistration {
    @Override
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public long submit(IoOps ops) {
      return epoll.submit(((EpollIoOps) ops).with(EpollIoOps.EPOLLERR));
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }
  }
}
