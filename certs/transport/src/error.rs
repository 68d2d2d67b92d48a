//! What went wrong on the way between two parties.
//!
//! With TLS 1.3 a client learns only after its own handshake that the server refused its
//! certificate, and a gRPC library turns that into "transport error". Here the reason is
//! kept: [`TransportError::of`] finds it in the status of a failed call.
//!
//! Refusals of the services themselves are not here; see [`crate::refusal`].

use std::error::Error;
use std::fmt;

use huitong_certs::{Identity, IdentityError};
use tonic::{Code, Status};

use crate::refusal::{refusal_code, refusal_status};

/// Why a call did not come through, by the transport's fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    /// The address is no `https://host:port`.
    BadEndpoint {
        /// What was given.
        endpoint: String,
    },
    /// No connection could be made.
    Unreachable {
        /// Where to.
        endpoint: String,
        /// What the system said.
        detail: String,
    },
    /// Connecting took longer than allowed.
    ConnectTimeout {
        /// Where to.
        endpoint: String,
    },
    /// The server refused our certificate.
    CertificateRefused {
        /// As far as its alert tells.
        reason: CertificateRefusal,
    },
    /// We do not accept the server's certificate.
    PeerNotTrusted {
        /// Why.
        reason: IdentityError,
    },
    /// The server is certified, as someone else.
    WrongPeer {
        /// Whom we meant to reach.
        expected: Identity,
        /// Who answered.
        found: Identity,
    },
    /// The handshake failed for another reason (other protocol, version, damage).
    Handshake {
        /// What the TLS library said.
        detail: String,
    },
    /// The connection broke after the call had left: its outcome is not known.
    ConnectionLost {
        /// What the library said.
        detail: String,
    },
    /// The deadline passed: the outcome is not known.
    Deadline,
    /// A message is larger than allowed.
    TooLarge,
    /// The caller may not call this method.
    NotAllowed,
    /// The server has no room for another call now.
    Overloaded,
}

/// Why a server refuses a certificate, as far as a TLS alert can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateRefusal {
    /// It expired, or is not valid yet.
    Expired,
    /// It is not from the operator's root that the server trusts.
    UnknownAuthority,
    /// It was revoked.
    Revoked,
    /// None was shown.
    Missing,
    /// It is not meant for calling.
    WrongUse,
    /// It is genuine but names no party that may speak, or its authority may not issue it.
    Identity,
    /// The server did not say.
    Unsaid,
}

impl TransportError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadEndpoint { .. } => "transport.bad_endpoint",
            Self::Unreachable { .. } => "transport.unreachable",
            Self::ConnectTimeout { .. } => "transport.connect_timeout",
            Self::CertificateRefused { .. } => "transport.certificate_refused",
            Self::PeerNotTrusted { .. } => "transport.peer_not_trusted",
            Self::WrongPeer { .. } => "transport.wrong_peer",
            Self::Handshake { .. } => "transport.handshake",
            Self::ConnectionLost { .. } => "transport.connection_lost",
            Self::Deadline => "transport.deadline",
            Self::TooLarge => "transport.too_large",
            Self::NotAllowed => "transport.not_allowed",
            Self::Overloaded => "transport.overloaded",
        }
    }

    /// Whether the same call may succeed later with nothing changed. After
    /// [`Self::ConnectionLost`] and [`Self::Deadline`] only under the same id.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::ConnectTimeout { .. }
            | Self::ConnectionLost { .. }
            | Self::Deadline
            | Self::Overloaded => true,
            Self::BadEndpoint { .. }
            | Self::CertificateRefused { .. }
            | Self::PeerNotTrusted { .. }
            | Self::WrongPeer { .. }
            | Self::Handshake { .. }
            | Self::TooLarge
            | Self::NotAllowed => false,
        }
    }

    /// What happened and what to do, in English.
    pub fn english(&self) -> String {
        match self {
            Self::BadEndpoint { endpoint } => {
                format!("{endpoint:?} is no address; write https://host:port")
            }
            Self::Unreachable { endpoint, detail } => {
                format!("{endpoint} cannot be reached ({detail}); try again later")
            }
            Self::ConnectTimeout { endpoint } => {
                format!("{endpoint} did not complete the connection in time; try again later")
            }
            Self::CertificateRefused { reason } => {
                format!("the server refused our certificate: {}", reason.english())
            }
            Self::PeerNotTrusted { reason } => format!(
                "the server's certificate is not accepted: {}",
                reason.english()
            ),
            Self::WrongPeer { expected, found } => format!(
                "{expected} was expected, {found} answered; check the address in the directory"
            ),
            Self::Handshake { detail } => format!(
                "the TLS 1.3 handshake failed ({detail}); check that the address is a Huitong server's"
            ),
            Self::ConnectionLost { detail } => format!(
                "the connection broke and the outcome is unknown ({detail}); ask again under the same id"
            ),
            Self::Deadline => {
                "the deadline passed and the outcome is unknown; ask again under the same id".into()
            }
            Self::TooLarge => "a message is larger than allowed; send less at once".into(),
            Self::NotAllowed => {
                "this certificate may not call this method; NAMES.md lists who may call what".into()
            }
            Self::Overloaded => "the server has no room for another call; try again later".into(),
        }
    }

    /// What happened and what to do, in Chinese.
    pub fn chinese(&self) -> String {
        match self {
            Self::BadEndpoint { endpoint } => {
                format!("{endpoint:?}不是有效地址，应写为 https://主机:端口")
            }
            Self::Unreachable { endpoint, detail } => {
                format!("无法连接{endpoint}（{detail}），请稍后重试")
            }
            Self::ConnectTimeout { endpoint } => format!("连接{endpoint}超时，请稍后重试"),
            Self::CertificateRefused { reason } => {
                format!("对方拒绝了本方证书：{}", reason.chinese())
            }
            Self::PeerNotTrusted { reason } => format!("不接受对方的证书：{}", reason.chinese()),
            Self::WrongPeer { expected, found } => {
                format!("应为{expected}，实际应答方为{found}，请核对目录中的地址")
            }
            Self::Handshake { detail } => {
                format!("TLS 1.3握手失败（{detail}），请确认该地址是汇通服务器")
            }
            Self::ConnectionLost { detail } => {
                format!("连接中断，结果未知（{detail}），请用原编号再次查询或重试")
            }
            Self::Deadline => "已超过时限，结果未知，请用原编号再次查询或重试".into(),
            Self::TooLarge => "报文超过大小上限，请分批发送".into(),
            Self::NotAllowed => "该证书无权调用此方法，调用权限见NAMES.md".into(),
            Self::Overloaded => "对方当前繁忙，请稍后重试".into(),
        }
    }

    /// This error as a gRPC status.
    pub fn status(&self) -> Status {
        refusal_status(
            self.grpc_code(),
            self.code(),
            &self.english(),
            &self.chinese(),
            &[],
        )
    }

    fn grpc_code(&self) -> Code {
        match self {
            Self::BadEndpoint { .. } => Code::InvalidArgument,
            Self::Unreachable { .. }
            | Self::ConnectTimeout { .. }
            | Self::ConnectionLost { .. } => Code::Unavailable,
            Self::CertificateRefused { .. }
            | Self::PeerNotTrusted { .. }
            | Self::WrongPeer { .. }
            | Self::Handshake { .. } => Code::Unauthenticated,
            Self::Deadline => Code::DeadlineExceeded,
            Self::TooLarge | Self::Overloaded => Code::ResourceExhausted,
            Self::NotAllowed => Code::PermissionDenied,
        }
    }

    /// The transport's part in a failed call; none when the service itself refused.
    pub fn of(status: &Status) -> Option<Self> {
        let kept = status.source().and_then(Self::in_chain);
        kept.or_else(|| Self::said_by_server(status))
            .or_else(|| Self::said_by_library(status))
    }

    /// Finds this error among the causes of another.
    pub(crate) fn in_chain(error: &(dyn Error + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |error| (*error).source())
            .find_map(|error| error.downcast_ref::<Self>().cloned())
    }

    fn said_by_server(status: &Status) -> Option<Self> {
        let code = refusal_code(status)?;
        let expired = CertificateRefusal::Expired;
        [
            Self::Deadline,
            Self::TooLarge,
            Self::NotAllowed,
            Self::Overloaded,
            Self::CertificateRefused { reason: expired },
        ]
        .into_iter()
        .find(|error| error.code() == code)
    }

    /// What the gRPC library says by itself carries no code of ours; its own words are all
    /// there is to go by, and tests hold them fast.
    fn said_by_library(status: &Status) -> Option<Self> {
        let message = status.message();
        let cause = status.source().map(|_| causes(status));
        // A message that this end refuses to send ends its stream from this end.
        let unsent = cause
            .as_deref()
            .is_some_and(|cause| cause.starts_with("stream error sent by user"));
        if unsent || is_too_large(status) {
            Some(Self::TooLarge)
        } else if status.code() == Code::DeadlineExceeded
            || (status.code() == Code::Cancelled && message == "Timeout expired")
        {
            Some(Self::Deadline)
        } else {
            cause.map(|detail| Self::ConnectionLost { detail })
        }
    }
}

/// Whether the gRPC library refused a message for its size.
pub(crate) fn is_too_large(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status.message().contains("message length too large")
}

fn causes(error: &(dyn Error + 'static)) -> String {
    std::iter::successors(error.source(), |error| (*error).source())
        .last()
        .map_or_else(|| error.to_string(), ToString::to_string)
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} / {}",
            self.code(),
            self.english(),
            self.chinese()
        )
    }
}

impl Error for TransportError {}

impl CertificateRefusal {
    /// The reason and what to do, in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Expired => "it is expired or not valid yet; renew it, and check the clocks",
            Self::UnknownAuthority => "it was not issued under the root that the server trusts",
            Self::Revoked => "it has been revoked; ask its authority",
            Self::Missing => "none was shown; configure one",
            Self::WrongUse => {
                "it is not meant for calling; use the tls certificate, not the signing one"
            }
            Self::Identity => {
                "the server does not accept its identity or its authority; see `huitong certs show`"
            }
            Self::Unsaid => "the server did not say why; its log does",
        }
    }

    /// The reason and what to do, in Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Expired => "证书已过期或尚未生效，请换发并核对时钟",
            Self::UnknownAuthority => "证书不是由对方信任的根证书签发",
            Self::Revoked => "证书已被吊销，请联系发证机构",
            Self::Missing => "未出示证书，请配置证书",
            Self::WrongUse => "证书用途不符，请使用tls证书而非签名证书",
            Self::Identity => "对方不接受证书中的身份或其发证机构，可用 huitong certs show 查看",
            Self::Unsaid => "对方未说明原因，可查看对方日志",
        }
    }
}

#[cfg(test)]
mod tests;
