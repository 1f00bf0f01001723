"""Five subjects, each spoken of by four shows in words of their own: what belongs together, for tests of neighbours.

What belongs to none of them is said in the demo.
"""

import re
from pathlib import Path

from podcast_insights.insights.values import Insight
from podcast_insights_tests.digest.fakes import an_insight

DEMO_SCRIPTS = Path(__file__).parents[2] / "examples" / "demo" / "scripts"

SUBJECTS = {
    "antibiotics": (
        (
            "Half of the antibiotics in a clinic go to people with a virus.",
            "A prescription ends the visit quickly and the patient feels heard. The drug does nothing against a "
            "virus, and every needless course leaves resistant bacteria behind.",
        ),
        (
            "A new antibiotic loses money because the best way to use it is not to.",
            "Hospitals keep it on the shelf for infections that resist all else, so it sells in small amounts. "
            "Companies that brought one to the market went bankrupt with a drug that works.",
        ),
        (
            "Farms breed resistance that hospitals then meet.",
            "Most antibiotics are sold for animals that are not sick. Resistant bacteria leave the barn with the "
            "manure and the water, and the infection that follows no longer answers to the old drugs.",
        ),
        (
            "Phages kill bacteria that no antibiotic reaches.",
            "A phage is a virus that infects one strain only. It has to be matched to the patient's infection, "
            "which takes weeks, but resistance against it costs the bacteria their resistance to drugs.",
        ),
    ),
    "open source": (
        (
            "Maintainers burn out because use grows and help does not.",
            "Each new user of an open-source library brings questions and reports, and one in ten thousand brings "
            "a fix. The maintainer pays for the popularity of the project with evenings.",
        ),
        (
            "Paying maintainers is cheaper than mending an abandoned library.",
            "A company that depends on an open-source package has already bought its risk. A salary for its "
            "maintainer costs less than one week of an incident in which nobody can merge the fix.",
        ),
        (
            "A licence does not fund open source, a support contract does.",
            "Changing the licence made contributors leave and forks appear. Customers pay for somebody who "
            "answers, so the projects that live sell support and leave the source open.",
        ),
        (
            "The quiet projects are the ones to audit.",
            "An open-source dependency with a single maintainer and no release in two years sits below half of "
            "the web. Its maintainer may hand over the keys to the first stranger who offers to help.",
        ),
    ),
    "running": (
        (
            "Slow miles make fast marathons.",
            "Easy running builds the small vessels that carry oxygen to the muscle, and they grow by hours rather "
            "than by effort. Runners who race their training stay injured instead.",
        ),
        (
            "Most running injuries follow a jump in weekly distance.",
            "Tendons adapt in months while the lungs adapt in weeks. A runner feels ready for more miles long "
            "before the tendon is.",
        ),
        (
            "Lifting heavy weights twice a week makes runners cheaper, not heavier.",
            "Strength stiffens the tendon, so each stride of a marathon returns more of the energy. Runners who "
            "lifted used four per cent less oxygen at the same pace.",
        ),
        (
            "The wall in a marathon is a matter of sugar.",
            "A runner stores enough of it for about twenty miles. Those who practise eating sixty grams an hour "
            "in training run the last six miles at the pace of the first.",
        ),
    ),
    "reefs": (
        (
            "Reefs die of the second hot summer, not of the first.",
            "Corals that bleach can take their algae back when the water cools within weeks. A second summer of "
            "heat finds them starved, and the reef turns to rubble.",
        ),
        (
            "Some corals were raised in the hottest lagoons, and that can be bred.",
            "Their algae bear two degrees more before they bleach. Planted on a reef that warms, their offspring "
            "kept their colour while the neighbours went white.",
        ),
        (
            "Parrotfish decide whether a bleached reef returns.",
            "Dead coral is covered by seaweed in weeks, and young corals need bare rock. Where fishing spares the "
            "fish that graze, the reef came back within a decade.",
        ),
        (
            "Recorded noise of a living reef brings young fish to a dead one.",
            "Larvae of fish and corals steer by the crackle of shrimp. Loudspeakers on rubble doubled the fish "
            "that settled, and they keep the seaweed down while the coral grows.",
        ),
    ),
    "mortgages": (
        (
            "High interest rates freeze the housing market before they cool it.",
            "Owners with a cheap mortgage would pay twice the rate for the next home, so they do not sell. Prices "
            "hold because almost nothing is for sale.",
        ),
        (
            "A fixed mortgage moves the risk of inflation from the family to the bank.",
            "When prices and wages rise, the payment stays. Where mortgages follow the central bank's rate, the "
            "same inflation empties households within a year.",
        ),
        (
            "Rents follow building permits by three years.",
            "High rates stop builders first, as they borrow before they sell. The homes that are not started now "
            "are missing when rates fall and buyers come back to the housing market.",
        ),
        (
            "First-time buyers are beaten by cash, not by price.",
            "A seller takes the lower offer that needs no mortgage, because a bank can still say no. Programmes "
            "that let buyers bid with the cash of a lender won them a third more homes.",
        ),
    ),
}


def passages_of_the_demo(most: int) -> list[Insight]:
    """Return so many passages of three sentences that the demo's shows say."""
    passages: list[list[str]] = []
    for script in sorted(DEMO_SCRIPTS.rglob("*.md")):
        sentences = re.split(r"(?<=[.!?])\s+", script.read_text("utf-8"))
        passages += [sentences[at : at + 3] for at in range(0, len(sentences) - 2, 3)]
    assert len(passages) >= most
    return [
        an_insight(f"other{number}", claim=claim, explanation=" ".join(rest))
        for number, (claim, *rest) in enumerate(passages[:most])
    ]


# Two subjects in scripts that write words together, and one passage of another.
UNSPACED_SUBJECTS = {
    "zh": {
        "running": (
            "马拉松的撞墙是糖的问题。跑者储存的糖大约够跑三十公里。在训练中练习每小时吃六十克的人，最后十公里能用和开始一样的配速跑完。",
            "每周举重两次让跑者更省力，而不是更重。力量让肌腱变硬，于是马拉松的每一步能返还更多能量。举重的跑者在同样的配速下少用百分之四的氧气。",
        ),
        "open source": (
            "给维护者付钱比修补一个被放弃的库更便宜。依赖开源软件包的公司已经买下了它的风险。维护者的工资比没有人能合并修复的一周事故还要少。",
            "安静的项目才是需要审计的。一个只有一个维护者、两年没有发布的开源依赖，位于半个网络的下面。它的维护者可能会把钥匙交给第一个愿意帮忙的陌生人。",
        ),
        "work": (
            "很多人以为换工作就可以解决问题，但是真正需要改变的是你自己每天怎么安排时间。如果没有计划，一年以后还是一样。",
        ),
    },
    "ja": {
        "running": (
            "ゆっくりした距離が速いマラソンを作る。楽なランニングは筋肉に酸素を運ぶ細い血管を作り、それは強さではなく時間で育つ。",
            "マラソンの壁は糖の問題だ。ランナーが蓄えられる糖はおよそ三十キロ分である。練習で一時間に六十グラム食べる人は、最後の十キロを同じ速さで走る。",
        ),
        "open source": (
            "放棄されたライブラリを直すより、メンテナーに給料を払うほうが安い。オープンソースのパッケージに依存する会社は、すでにその危険を買っている。",
            "静かなプロジェクトこそ監査すべきだ。二年間リリースがなく、メンテナーが一人だけのオープンソースの依存関係が、ウェブの半分の下にある。",
        ),
        "work": (
            "仕事を変えれば問題が解決すると思っている人が多いですが、本当に変える必要があるのは毎日の時間の使い方です。",
        ),
    },
    "th": {
        "running": (
            "การวิ่งช้าทำให้มาราธอนเร็ว การวิ่งสบายสร้างเส้นเลือดเล็กที่พาออกซิเจนไปที่กล้ามเนื้อ นักวิ่งที่ซ้อมเหมือนแข่งจะบาดเจ็บ",
            "กำแพงในมาราธอนเป็นเรื่องของน้ำตาล นักวิ่งเก็บน้ำตาลได้พอสำหรับสามสิบกิโลเมตร "
            "คนที่ฝึกกินในการซ้อมจะวิ่งสิบกิโลเมตรสุดท้ายได้เร็วเท่าเดิม",
        ),
        "antibiotics": (
            "ยาปฏิชีวนะตัวใหม่ขาดทุนเพราะวิธีใช้ที่ดีที่สุดคือไม่ใช้ โรงพยาบาลเก็บไว้สำหรับการติดเชื้อที่ดื้อยาอื่นทั้งหมด จึงขายได้น้อย",
            "ฟาร์มสร้างเชื้อดื้อยาแล้วโรงพยาบาลก็เจอมัน ยาปฏิชีวนะส่วนใหญ่ขายให้สัตว์ที่ไม่ได้ป่วย แบคทีเรียดื้อยาออกจากโรงเรือนไปกับมูลสัตว์และน้ำ",
        ),
        "work": ("หลายคนคิดว่าการเปลี่ยนงานจะแก้ปัญหาได้ แต่สิ่งที่ต้องเปลี่ยนจริงๆคือวิธีที่คุณจัดเวลาของตัวเองในแต่ละวัน",),
    },
}
