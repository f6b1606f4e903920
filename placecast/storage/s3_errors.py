"""What S3 servers and botocore complain about, as sentences for producers. The only place that knows their codes.

The text never holds what a server or a library wrote, since that may repeat a header or a key: only its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NameResolutionError

from placecast.errors import StorageError
from placecast.model import S3Target

_AGAIN = "Then run the command again: it goes on where it stopped."
_AGAIN_OR_ASK = "Run the command again. If it stays so, ask your provider and name this."
_SIGN_IN = "Sign in again (for example with `aws sso login`), or get a new key from your provider."
_ADDRESS = f"Check `endpoint` and `region` in placecast.toml and the network. {_AGAIN}"

# Codes of the S3 API and of servers that speak it. A bare number: an answer that was no S3 answer;
# "HTTP" and a number: any other answer with that status.
_ANSWERS = (
    (
        {"InvalidAccessKeyId"},
        "{server} does not know the access key.",
        "Check AWS_ACCESS_KEY_ID or the profile, and that the key belongs to this server.",
    ),
    (
        {"SignatureDoesNotMatch"},
        "the secret key does not belong to the access key.",
        "Set AWS_SECRET_ACCESS_KEY again, whole and without spaces, or make a new key.",
    ),
    (
        {"RequestTimeTooSkewed", "RequestExpired"},
        "the clock of this machine and that of {server} differ by more than 15 minutes.",
        f"Set this machine's clock. {_AGAIN}",
    ),
    (
        {"ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"},
        "the key has expired.",
        _SIGN_IN,
    ),
    (
        {"AccessDenied", "AllAccessDisabled", "Forbidden", "Unauthorized", "HTTP 401", "HTTP 403"},
        "the key lacks a right: {right}.",
        "Give it {right} on the bucket {bucket} and what is in it. Is the bucket yours, and its name right?",
    ),
    (
        {"NoSuchBucket"},
        "there is no bucket {bucket} on {server}.",
        "Check the name, or create it: `aws s3 mb s3://{bucket}{option}`. Buckets are never created for you.",
    ),
    (
        {"InvalidBucketName"},
        "{bucket} is not a name that a bucket can have.",
        "Write `bucket` in placecast.toml as your provider shows it: small letters, digits, dots and hyphens.",
    ),
    (
        {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
        | {"HTTP 301", "HTTP 307"},
        "the bucket is in another region, or the key is written wrongly.",
        "Set `region` in placecast.toml to the bucket's region, and check AWS_ACCESS_KEY_ID.",
    ),
    (
        {"QuotaExceeded", "ServiceQuotaExceeded", "StorageCapExceeded", "InsufficientStorage"}
        | {"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "HTTP 507"},
        "there is no room left, or the account's quota is used up.",
        f"Free some space or raise the quota at your provider. {_AGAIN}",
    ),
    (
        {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "OperationAborted"}
        | {"HTTP 429", "HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504"},
        "{server} is overloaded or has a fault of its own, and several attempts did not help.",
        # botocore makes a 500 of a web page that comes in place of an answer, too.
        f"Wait some minutes. {_AGAIN} If it stays so: is `endpoint` the S3 address of your provider?",
    ),
    (
        {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"},
        "a file arrived damaged and was refused.",
        f"Check the network, proxies in particular. {_AGAIN}",
    ),
    (
        {"400", "404", "405"},
        "{server} does not answer as S3 storage does.",
        "Set `endpoint` in placecast.toml to the S3 address of your provider, not to the website's.",
    ),
)

_FAILURES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (
        boto.NoCredentialsError,
        "no keys were found to sign in with.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`. Never write them into the show.",
    ),
    (
        boto.PartialCredentialsError,
        "only half of a key was found.",
        "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ),
    (
        boto.ProfileNotFound,
        "AWS_PROFILE names a profile that does not exist here.",
        "Correct or unset AWS_PROFILE, or make the profile with `aws configure --profile NAME`.",
    ),
    (
        (boto.ConfigParseError, boto.ConfigNotFound),
        "the AWS configuration of this account cannot be read.",
        "Correct the files in ~/.aws, or those that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name.",
    ),
    (
        (boto.SSOError, boto.LoginError, boto.TokenRetrievalError, boto.CredentialRetrievalError),
        "the key that you signed in for cannot be had.",
        _SIGN_IN,
    ),
    (
        boto.SSLError,
        "no secure connection to {server}: its certificate is not trusted, or it does not speak TLS.",
        f"Check `endpoint`: https or http, and the port. For a certificate of your own set AWS_CA_BUNDLE. {_AGAIN}",
    ),
    (
        (boto.ConnectTimeoutError, boto.ReadTimeoutError),
        "{server} did not answer in time.",
        _ADDRESS,
    ),
    (boto.ProxyConnectionError, "the proxy could not be reached.", f"Check HTTPS_PROXY and HTTP_PROXY. {_AGAIN}"),
    (boto.EndpointConnectionError, "nothing answers at {server}.", _ADDRESS),
    (
        (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError),
        "the connection to {server} broke off, and several attempts did not help.",
        f"Check the network. {_AGAIN}",
    ),
    (
        (boto.ParamValidationError, boto.UnsupportedS3ArnError),
        "{bucket} is not a name that a bucket can have.",
        "Write `bucket` in placecast.toml as your provider shows it: small letters, digits, dots and hyphens.",
    ),
    (
        # ValueError is botocore's answer to an endpoint that is no address.
        (boto.InvalidRegionError, boto.EndpointProviderError, ValueError),
        "`endpoint` or `region` in placecast.toml is not written as an address or a region.",
        "Write them as your provider shows them, such as https://s3.example.org and eu-west-2.",
    ),
    (
        ResponseParserError,
        "{server} does not answer as S3 storage does.",
        "Set `endpoint` in placecast.toml to the S3 address of your provider, not to the website's.",
    ),
)


@contextmanager
def explained(target: S3Target, name: str, right: str, *, also: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn what goes wrong inside into a StorageError. `right`: what the key must be allowed to do there."""
    theirs: tuple[type[Exception], ...] = (boto.ClientError, boto.BotoCoreError, ResponseParserError, *also)
    try:
        yield
    except theirs as error:
        what, cure = _sentences(error)
        facts = {"bucket": target.bucket, "right": right, "server": _server(target), "option": _option(target)}
        raise StorageError(name, what.format_map(facts), cure.format_map(facts)) from error


def _sentences(error: Exception) -> tuple[str, str]:
    if isinstance(error, boto.ClientError):
        return _answer(error)
    if isinstance(error, boto.EndpointConnectionError) and isinstance(error.kwargs["error"], NameResolutionError):
        return "there is no server called {server}, or this machine is offline.", _ADDRESS
    for kinds, what, cure in _FAILURES:
        if isinstance(error, kinds):
            return what, cure
    return f"boto3 failed with {type(error).__name__}.", _AGAIN_OR_ASK


def _answer(error: boto.ClientError) -> tuple[str, str]:
    code = error.response.get("Error", {}).get("Code", "")
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    for asked in (code, f"HTTP {status}"):
        for codes, what, cure in _ANSWERS:
            if asked in codes:
                return what, cure
    return "{server} refused with " + f"{code} (HTTP {status}).", _AGAIN_OR_ASK


def _server(target: S3Target) -> str:
    """The server's name and port, without the password that an address may hold."""
    if not target.endpoint:
        return "Amazon S3"
    with suppress(ValueError):
        return urlsplit(target.endpoint).netloc.rpartition("@")[2] or "the endpoint"
    return "the endpoint"


def _option(target: S3Target) -> str:
    if not target.endpoint:
        return ""
    return f" --endpoint-url {target.endpoint.partition('://')[0]}://{_server(target)}"
