/** A log of a real server, with its public key: what the tests of the checker are about. */
import type { Schemas } from "@shared/api/client.ts";

export const KEY = "F7X8S+lXY0W3afqHL8L9/nU726Dl4rhXN+EfC3eO4kU=";

export const ENTRY: Schemas["InclusionView"] = {
  checkpoint:
    "firmhold.audit/org_01a2286e15567649ac52f65c4178f852\n911\nZpaFFSHjjaDSHfI4Tp5b8NelaauGFkwLJboaYP+J+yI=\nat 2026-11-29T18:08:45.378647Z\nprevious 907\n\n— firmhold.audit/org_01a2286e15567649ac52f65c4178f852 rKwKFSAVx0jCBiqIxKa/v3NQrjQd4d1OMmnarTE60TtHExEgFfM3M7QDPadVRffDitn7KWOBhDoI3fuNTk1vgwKGfQY=\n",
  index: 909,
  entry: [
    "ledger/1",
    "01a2286e15567649ac52f65c4178f852",
    "01a2287ebd4e7725aeec46bf694486b8",
    3,
    "cancelled",
    "01a2287ebd7772aaa694c81fbf148ce1",
    0,
    0,
    -1,
    5,
    0,
    0,
    1795975724444439,
    null,
    3134,
    "user:usr_01a2286e1591738aae1a78debe2e08b7",
    "Löschen “é” 🙂",
  ],
  proof: [
    "mis7K+56TZy4GkBFmnc0Xf9eJ7zHAkGHoAkYwXDazhk=",
    "FZWecAeAfDj6B08hAwsdtDhpvWO03pwxOrjNxA8+6Ls=",
    "WJC/SUY785d9RCs15VcZuRcBdakaRWNAcsxZQ+UFeEI=",
    "6ItYsWcnpy93TSFELjNi5u3Dq/mSpYEDzyIRuSiR0zk=",
    "zEzmcQsMAAbaOWowmkzSJYGa8FPNiY0TvC82ZA3loTE=",
    "852/JSD5FevE+dPtAjjcI4mKd60lXlpBXXKCTS/mdKg=",
    "RyITKAYXu/ONosg2azqEP96vXaHFWI7rLNxEmMQd8iU=",
  ],
  salt: "2068a4d763cc0d9409465f15695b00ec",
};

export const ACT: Schemas["InclusionView"] = {
  checkpoint:
    "firmhold.audit/org_01a2286e15567649ac52f65c4178f852\n911\nZpaFFSHjjaDSHfI4Tp5b8NelaauGFkwLJboaYP+J+yI=\nat 2026-11-29T18:08:45.378647Z\nprevious 907\n\n— firmhold.audit/org_01a2286e15567649ac52f65c4178f852 rKwKFSAVx0jCBiqIxKa/v3NQrjQd4d1OMmnarTE60TtHExEgFfM3M7QDPadVRffDitn7KWOBhDoI3fuNTk1vgwKGfQY=\n",
  index: 910,
  entry: [
    "act/1",
    "01a2286e15567649ac52f65c4178f852",
    "01a2287ebd55710d8837c22383a6eddd",
    "create_item",
    1795975724384473,
    3132,
    "user:usr_01a2286e1591738aae1a78debe2e08b7",
    "item_01a2287ebd4e7725aeec46bf694486b8",
    '{"body": {"sku": "AUD-0a9fcf", "name": "Größe €", "price": null, "capacity": 5, "metadata": {}, "description": null, "max_quantity": null, "min_quantity": 1, "sale_ends_at": null, "sale_starts_at": null, "hold_ttl_seconds": null, "max_per_customer": null}}',
  ],
  proof: [
    "Sa/zxDOsBgeC3upUn83jlPre3a21v3CXtiorVcJBcXM=",
    "WJC/SUY785d9RCs15VcZuRcBdakaRWNAcsxZQ+UFeEI=",
    "6ItYsWcnpy93TSFELjNi5u3Dq/mSpYEDzyIRuSiR0zk=",
    "zEzmcQsMAAbaOWowmkzSJYGa8FPNiY0TvC82ZA3loTE=",
    "852/JSD5FevE+dPtAjjcI4mKd60lXlpBXXKCTS/mdKg=",
    "RyITKAYXu/ONosg2azqEP96vXaHFWI7rLNxEmMQd8iU=",
  ],
  salt: "63f444f2384f1b182abb4dc762d01e95",
};

export const CONSISTENCY: Schemas["ConsistencyView"] = {
  before:
    "firmhold.audit/org_01a2286e15567649ac52f65c4178f852\n890\nbvCWeRlIZB3wEbyAsVEYJpkgOHP7/5tZU9fCG8BexoI=\nat 2026-11-29T17:50:44.610721Z\nprevious 0\n\n— firmhold.audit/org_01a2286e15567649ac52f65c4178f852 rKwKFWx6OayL+boFpiVS9hZFI8BgkRFqoO1yHURFiia9Bv++fPl8UyG2/XAcjPtyVUHIn4Md17MzJybU64EVRSeTHAQ=\n",
  checkpoint:
    "firmhold.audit/org_01a2286e15567649ac52f65c4178f852\n911\nZpaFFSHjjaDSHfI4Tp5b8NelaauGFkwLJboaYP+J+yI=\nat 2026-11-29T18:08:45.378647Z\nprevious 907\n\n— firmhold.audit/org_01a2286e15567649ac52f65c4178f852 rKwKFSAVx0jCBiqIxKa/v3NQrjQd4d1OMmnarTE60TtHExEgFfM3M7QDPadVRffDitn7KWOBhDoI3fuNTk1vgwKGfQY=\n",
  proof: [
    "DKIpLGKGea8eKo5yY1iyKAcT7ixvqB+ZnqXrl9bHnmw=",
    "9x50YMxal2joKxHtIqZtRZvkj7/kpMogw4MhDdNLF2Q=",
    "Yi/NcocaerLSk1xRCrSBV6YVj+P4rTjRJVaeBmrKjp8=",
    "p4dL7DAIQPYo7MDMAt4zoJLuWXK8+C9eBveo3hkOX+o=",
    "7xNmg2bccNhyipdiaUXVug34odkp7iaYG13LTvbPjkk=",
    "1iAjy2/SwO1S21osXzsWvkx2NklVDUG9iV5U+i18tEI=",
    "DvvJoJN53SBDJUxdCtsFcTwEkzVVJ+O/fzps3y9aRNc=",
    "GdwEoCZ1j47Fl2QR6b0UAfvLgHDUyv4KkBpSsgeY1Uk=",
    "852/JSD5FevE+dPtAjjcI4mKd60lXlpBXXKCTS/mdKg=",
    "RyITKAYXu/ONosg2azqEP96vXaHFWI7rLNxEmMQd8iU=",
  ],
};
